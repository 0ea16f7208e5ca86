// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 5407 §3.3: requests that cross each other")
struct CrossingTests {
    /// 101 puts 102 on hold; our re-INVITE is on its way to 102.
    private static func holding(_ method: String = "INVITE") throws -> (AnsweredScene, change: Message) {
        var scene = try AnsweredScene()
        try scene.confirm()
        _ = scene.callerSays(method, sdp: SDP.offer(direction: "sendonly"))
        let change = try #require(scene.heard(by: \.callee).first)
        return (scene, change)
    }

    @Test func `3.3.1 two re-INVITEs: both are to be tried again, and then one goes through`() throws {
        var (scene, change) = try Self.holding()
        #expect(scene.calleeSays("INVITE", sdp: SDP.offer(direction: "sendonly")).map(\.status) == [491])
        scene.office.deliver(scene.callee.answer(change, 491), on: scene.callee.flow)
        #expect(scene.heard(by: \.callee).map(\.method) == [.ack])
        let refused = try #require(scene.heard(by: \.caller).last)
        #expect(refused.status == 491)
        scene.office.wait(.seconds(3))
        #expect(scene.callerSays("INVITE", sdp: SDP.offer(direction: "sendonly")).map(\.status) == [100])
        let again = try #require(scene.heard(by: \.callee).first)
        let held = SDP.answer(to: again, direction: "recvonly")
        scene.office.deliver(scene.callee.answer(again, 200, sdp: held), on: scene.callee.flow)
        #expect(scene.heard(by: \.caller).map(\.status) == [200])
        #expect(scene.isStanding)
    }

    @Test(arguments: [("INVITE", "UPDATE"), ("UPDATE", "INVITE"), ("UPDATE", "UPDATE")])
    func `3.3.2 an UPDATE and a re-INVITE: the one that crosses is to be tried again, the other goes through`(
        ours: String,
        theirs: String
    ) throws {
        var (scene, change) = try Self.holding(ours)
        #expect(scene.calleeSays(theirs, sdp: SDP.offer(direction: "sendonly")).map(\.status) == [491])
        let held = SDP.answer(to: change, direction: "recvonly")
        scene.office.deliver(scene.callee.answer(change, 200, sdp: held), on: scene.callee.flow)
        let answer = try #require(scene.heard(by: \.caller).last)
        #expect(answer.status == 200 && answer.bodyText.contains("a=recvonly\r\n"))
    }

    @Test func `3.3.3 a REFER that crosses a BYE calls nobody`() throws {
        var scene = try AnsweredScene()
        try scene.confirm()
        var target = try Phone("phone-103-000001", in: &scene.office, from: "192.0.2.53:50000")
        try target.register(&scene.office)
        _ = scene.callerSays("BYE")
        let refer = scene.calleeSays("REFER", extra: ["Refer-To: <sip:103@\(Office.domain)>"])
        #expect(refer.last?.status == 481)
        #expect(scene.office.received(on: target.flow).isEmpty)
    }
}

@Suite("RFC 5407 §A, §B, §C and §E: what goes with the races")
struct RaceAppendixTests {
    @Test func `A a caller may say BYE to a call that rings`() throws {
        var scene = try RingingScene()
        let ringing = try #require(scene.progress(180).first)
        scene.office.deliver(scene.caller.inDialog("BYE", of: ringing), on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [200, 487])
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.cancel])
        #expect(scene.office.record()?.outcome == .cancelled)
    }

    @Test func `A the same from another connection, or with another tag, ends nothing`() throws {
        var scene = try RingingScene()
        let ringing = try #require(scene.progress(180).first)
        let stranger = try scene.office.flow(from: "198.51.100.66:4444")
        scene.office.deliver(scene.caller.inDialog("BYE", of: ringing), on: stranger)
        #expect(scene.office.received(on: stranger).map(\.status) == [481])
        let other = scene.caller.inDialog("BYE", of: ringing).replacing(";tag=phone-tag", with: ";tag=other")
        scene.office.deliver(other, on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [481])
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
    }

    @Test func `B a BYE that overtakes a re-INVITE answers it with 487`() throws {
        var scene = try AnsweredScene()
        try scene.confirm()
        #expect(scene.callerSays("INVITE", sdp: SDP.offer(direction: "sendonly")).map(\.status) == [100])
        #expect(scene.callerSays("BYE").map(\.status) == [200, 487])
        #expect(!scene.isStanding)
    }

    @Test func `C an answer that crosses our CANCEL is confirmed and ended`() throws {
        var scene = try RingingScene()
        let ringing = try #require(scene.progress(180).first)
        scene.office.deliver(scene.caller.inDialog("BYE", of: ringing), on: scene.caller.flow)
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.cancel])
        _ = scene.pickUp()
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.ack, .bye])
        #expect(scene.office.media.isEmpty)
    }

    @Test func `E a second phone behind one contact is confirmed and released`() throws {
        var scene = try RingingScene()
        _ = scene.pickUp()
        _ = scene.office.received(on: scene.callee.flow)
        let second = scene.callee.answer(scene.invite, 200, tag: "fork-tag", sdp: SDP.answer(to: scene.invite))
        scene.office.deliver(second, on: scene.callee.flow)
        let heard = scene.office.received(on: scene.callee.flow)
        #expect(heard.map(\.method) == [.ack, .bye])
        #expect(heard.allSatisfy { $0.text(.to).hasSuffix(";tag=fork-tag") })
        #expect(scene.office.switchboard.calls().count == 1)
    }
}
