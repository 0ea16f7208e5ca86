// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 5407 §3.1: what reaches a side that has answered and is not confirmed yet")
struct MoratoriumTests {
    @Test func `3.1.1 the INVITE once more: nothing happens twice`() throws {
        var scene = try AnsweredScene()
        scene.office.deliver(scene.asked, on: scene.caller.flow)
        #expect(scene.heard(by: \.caller).isEmpty)
        #expect(scene.heard(by: \.callee).isEmpty)
        #expect(scene.office.switchboard.calls().count == 1)
        try scene.confirm()
        #expect(scene.callerSays("BYE").map(\.status) == [200])
        #expect(!scene.isStanding)
    }

    @Test func `3.1.2 a CANCEL: it is answered and changes nothing, and a BYE ends the call`() throws {
        var scene = try AnsweredScene()
        scene.office.deliver(scene.cancellation, on: scene.caller.flow)
        let heard = scene.heard(by: \.caller)
        #expect(heard.map(\.status) == [200])
        #expect(try heard.first?.cseq().method == .cancel)
        #expect(scene.heard(by: \.callee).isEmpty)
        #expect(scene.isStanding)
        try scene.confirm()
        _ = scene.callerSays("BYE")
        #expect(scene.heard(by: \.callee).map(\.method) == [.bye])
        #expect(!scene.isStanding)
    }

    @Test func `3.1.3 and 3.1.6 a BYE: the call ends, the answer is not repeated, and its ACK may come late`() throws {
        var scene = try AnsweredScene()
        #expect(scene.callerSays("BYE").map(\.status) == [200])
        #expect(scene.heard(by: \.callee).map(\.method) == [.bye])
        #expect(!scene.isStanding)
        try scene.confirm()
        scene.office.wait(.seconds(60))
        #expect(scene.heard(by: \.caller).isEmpty)
        #expect(scene.office.record()?.reason == "the caller hung up")
    }

    @Test func `3.1.4 a re-INVITE before the ACK is taken, because nothing else is open`() throws {
        var scene = try AnsweredScene()
        let answers = scene.callerSays("INVITE", sdp: SDP.offer(port: 30_400))
        #expect(answers.map(\.status) == [200])
        // The ACK of the first answer comes after that, if at all.
        try scene.confirm()
        try scene.confirm(answers.last)
        scene.office.wait(.seconds(20))
        #expect(scene.heard(by: \.caller).isEmpty)
        #expect(scene.isStanding)
    }

    @Test func `3.1.4 the same for a change that concerns the other phone`() throws {
        var scene = try AnsweredScene()
        #expect(scene.callerSays("INVITE", sdp: SDP.offer(direction: "sendonly")).map(\.status) == [100])
        let change = try #require(scene.heard(by: \.callee).first)
        let held = SDP.answer(to: change, direction: "recvonly")
        scene.office.deliver(scene.callee.answer(change, 200, sdp: held), on: scene.callee.flow)
        let answer = try #require(scene.heard(by: \.caller).last)
        #expect(answer.status == 200)
        try scene.confirm(answer)
        scene.office.wait(.seconds(20))
        #expect(scene.heard(by: \.caller).isEmpty)
    }

    @Test func `3.1.5 a re-INVITE before the ACK that brings the answer has to wait`() throws {
        var scene = try AnsweredScene(sdp: "")
        #expect(scene.callerSays("INVITE", sdp: SDP.offer(port: 30_400)).map(\.status) == [491])
        try scene.confirm(sdp: SDP.answer(to: scene.answer))
        #expect(scene.isStanding)
        #expect(scene.callerSays("INVITE", sdp: SDP.offer(port: 30_400)).map(\.status) == [200])
    }

    @Test func `a change by the other phone waits until the caller has confirmed`() throws {
        var scene = try AnsweredScene()
        #expect(scene.calleeSays("INVITE", sdp: SDP.offer(direction: "sendonly")).map(\.status) == [491])
        #expect(scene.heard(by: \.caller).isEmpty)
        try scene.confirm()
        #expect(scene.calleeSays("INVITE", sdp: SDP.offer(direction: "sendonly")).map(\.status) == [100])
        #expect(scene.heard(by: \.caller).map(\.method) == [.invite])
    }

    @Test func `the called phone may hang up before the caller has heard that it answered`() throws {
        var (office, caller, callee) = try Office.withPhones()
        office.storesAtOnce = false
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        office.deliver(callee.inDialog("BYE", from: invite), on: callee.flow)
        #expect(office.received(on: callee.flow).map(\.method) == [.ack, nil])
        office.store(ok: true)
        #expect(office.received(on: caller.flow).map(\.status) == [480])
        #expect(office.switchboard.figures.calls == 0)
    }
}

@Suite("RFC 5407 §3.2: what reaches a side that has said BYE")
struct MortalTests {
    /// 101 hangs up; our BYE is on its way to 102.
    private static func leaving() throws -> AnsweredScene {
        var scene = try AnsweredScene()
        try scene.confirm()
        _ = scene.callerSays("BYE")
        return scene
    }

    @Test func `3.2.1 a BYE that crosses ours gets its 200, once`() throws {
        var scene = try Self.leaving()
        let ours = try #require(scene.heard(by: \.callee).first)
        #expect(scene.calleeSays("BYE").map(\.status) == [200])
        scene.office.deliver(scene.callee.answer(ours, 200), on: scene.callee.flow)
        #expect(scene.calleeSays("BYE").map(\.status) == [481])
        scene.office.wait(.seconds(40))
        #expect(scene.office.switchboard.figures.transactions == 0)
    }

    @Test func `3.2.1 the same from elsewhere is nobody's`() throws {
        var scene = try Self.leaving()
        let stranger = try scene.office.flow(from: "198.51.100.66:4444")
        scene.office.deliver(scene.callee.inDialog("BYE", from: scene.invite), on: stranger)
        #expect(scene.office.received(on: stranger).map(\.status) == [481])
    }

    @Test func `3.2.2 a re-INVITE that crosses our BYE is too late, and its ACK is taken in silence`() throws {
        var scene = try Self.leaving()
        let heard = scene.calleeSays("INVITE", sdp: SDP.offer(port: 31_400))
        #expect(heard.map(\.method) == [.bye, nil])
        #expect(heard.last?.status == 481)
        let sequence = try #require(try heard.last?.cseq().number)
        let ack = scene.callee.inDialog("ACK", from: scene.invite, sequence: sequence)
        scene.office.deliver(ack, on: scene.callee.flow)
        #expect(scene.heard(by: \.callee).isEmpty)
    }

    @Test func `3.2.3 the answer to our re-INVITE that crosses our BYE is confirmed, as often as it comes`() throws {
        var scene = try AnsweredScene()
        try scene.confirm()
        _ = scene.callerSays("INVITE", sdp: SDP.offer(direction: "sendonly"))
        let change = try #require(scene.heard(by: \.callee).first)
        let heard = scene.callerSays("BYE")
        #expect(heard.map(\.status) == [200, 487])
        #expect(scene.heard(by: \.callee).map(\.method) == [.bye])
        for _ in 0..<2 {
            let answer = scene.callee.answer(change, 200, sdp: SDP.answer(to: change, direction: "recvonly"))
            scene.office.deliver(answer, on: scene.callee.flow)
            let ack = try #require(scene.heard(by: \.callee).first)
            #expect(ack.method == .ack)
            #expect(try ack.cseq().number == change.cseq().number)
            #expect(ack.text(.callID) == change.text(.callID))
        }
        #expect(!scene.isStanding)
    }

    @Test func `3.2.3 the same when another phone has taken its place`() throws {
        var transfer = try TransferScene()
        _ = transfer.refer()
        _ = transfer.scene.callerSays("INVITE", sdp: SDP.offer(direction: "sendonly"))
        let change = try #require(transfer.heard(by: \.scene.callee).last)
        #expect(change.method == .invite)
        _ = try transfer.pickUp()
        _ = transfer.heard(by: \.scene.callee)
        _ = transfer.heard(by: \.target)
        let callee = transfer.scene.callee
        transfer.scene.office.deliver(callee.answer(change, 200, sdp: SDP.answer(to: change)), on: callee.flow)
        let ack = try #require(transfer.heard(by: \.scene.callee).first)
        #expect(ack.method == .ack)
        #expect(ack.text(.callID) == change.text(.callID))
        #expect(transfer.heard(by: \.target).isEmpty)
        // What the phone that left said is not taken for what the new one says.
        _ = transfer.scene.callerSays("BYE")
        let bye = try #require(transfer.heard(by: \.target).last)
        #expect(bye.string(bye.requestURI) == transfer.target.contact)
    }

    @Test func `3.2.4 an ACK that crosses a BYE is taken in silence`() throws {
        var scene = try AnsweredScene()
        _ = scene.callerSays("BYE")
        try scene.confirm()
        #expect(scene.heard(by: \.caller).isEmpty)
        #expect(scene.office.switchboard.figures.calls == 0)
    }

    @Test func `3.2.4 a caller that has not confirmed yet hears no BYE before it has`() throws {
        var scene = try AnsweredScene()
        #expect(scene.calleeSays("BYE").map(\.status) == [200])
        #expect(scene.office.record()?.reason == "the called phone hung up")
        #expect(scene.heard(by: \.caller).isEmpty)
        try scene.confirm()
        let bye = try #require(scene.heard(by: \.caller).first)
        #expect(bye.method == .bye)
        scene.office.deliver(scene.caller.answer(bye, 200), on: scene.caller.flow)
        scene.office.wait(.seconds(60))
        #expect(scene.heard(by: \.caller).isEmpty)
        #expect(scene.office.switchboard.figures.transactions == 0)
    }

    @Test func `3.2.4 a caller that never confirms hears it when it should have`() throws {
        var scene = try AnsweredScene()
        _ = scene.calleeSays("BYE")
        scene.office.wait(.seconds(31))
        #expect(scene.heard(by: \.caller).isEmpty)
        scene.office.wait(.seconds(2))
        #expect(scene.heard(by: \.caller).map(\.method) == [.bye])
    }

    @Test func `3.2.4 a caller that hangs up itself meanwhile is answered, and hears no other BYE`() throws {
        var scene = try AnsweredScene()
        _ = scene.calleeSays("BYE")
        #expect(scene.callerSays("BYE").map(\.status) == [200])
        try scene.confirm()
        scene.office.wait(.seconds(60))
        #expect(scene.heard(by: \.caller).isEmpty)
        #expect(scene.office.switchboard.figures.transactions == 0)
    }

    @Test func `3.2.4 over a connection that is gone nothing waits`() throws {
        var scene = try AnsweredScene()
        _ = scene.calleeSays("BYE")
        scene.office.disconnect(scene.caller.flow)
        scene.office.wait(.seconds(60))
        #expect(scene.heard(by: \.caller).isEmpty)
        #expect(scene.office.switchboard.figures.transactions == 0)
    }
}

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
