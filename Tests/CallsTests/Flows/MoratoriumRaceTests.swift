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
