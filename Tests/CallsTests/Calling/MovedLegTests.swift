// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

extension Message {
    fileprivate func tag(_ name: HeaderName) -> Substring { text(name).split(separator: ";tag=").last ?? "" }
}

extension TransferScene {
    /// Names a dialog with us, as the value of a Replaces inside a Refer-To.
    fileprivate func replacing(_ message: Message, to: some StringProtocol, from: some StringProtocol) -> String {
        "<sip:x@\(Office.domain)?Replaces=\(message.text(.callID))%3Bto-tag%3D\(to)%3Bfrom-tag%3D\(from)>"
    }

    /// 102 calls 103 beside its call with 101; the answer that 102 got.
    fileprivate mutating func consult() throws -> Message {
        _ = try scene.callee.call(&scene.office, "103", callID: "call-2")
        let invite = try #require(heard(by: \.target).last)
        let accepted = target.answer(invite, 200, sdp: SDP.answer(to: invite, port: 33_000))
        scene.office.deliver(accepted, on: target.flow)
        let answer = try #require(heard(by: \.scene.callee).last)
        let sequence = try answer.cseq().number
        scene.office.deliver(scene.callee.inDialog("ACK", of: answer, sequence: sequence), on: scene.callee.flow)
        _ = heard(by: \.target)
        return answer
    }

    /// 102 connects 101 with the phone that it consulted; the re-INVITE that this one answered.
    fileprivate mutating func connect(_ consulted: Message) throws {
        _ = refer(replacing(consulted, to: consulted.tag(.to), from: consulted.tag(.from)))
        let offer = try #require(heard(by: \.target).last)
        #expect(offer.method == .invite)
        scene.office.deliver(target.answer(offer, 200, sdp: SDP.answer(to: offer, port: 33_000)), on: target.flow)
        #expect(heard(by: \.target).map(\.method) == [.ack])
        _ = try meet()
    }
}

@Suite("RFC 3261 §12.2.1 and §14.1: requests of ours that wait while their phone gets another partner")
struct MovedLegTests {
    /// 102 has just given 101 to 103, which gives it back in the call that they have beside it.
    private static func givenBack() throws -> (TransferScene, offer: Message) {
        var stage = try TransferScene()
        _ = try stage.target.call(&stage.scene.office, "102", callID: "call-2")
        let call = try #require(stage.heard(by: \.scene.callee).last)
        let accepted = stage.scene.callee.answer(call, 200, sdp: SDP.answer(to: call))
        stage.scene.office.deliver(accepted, on: stage.scene.callee.flow)
        let answer = try #require(stage.heard(by: \.target).last)
        let sequence = try answer.cseq().number
        stage.scene.office.deliver(stage.target.inDialog("ACK", of: answer, sequence: sequence), on: stage.target.flow)
        _ = stage.refer()
        let invite = try stage.pickUp()
        let offer = try #require(stage.heard(by: \.scene.caller).last)
        #expect(offer.method == .invite && offer.text(.pAssertedIdentity).contains("<sip:103@"))
        _ = stage.heard(by: \.scene.callee)

        let named = stage.replacing(invite, to: invite.tag(.from), from: "callee-tag")
        let refer = stage.target.inDialog("REFER", of: answer, extra: ["Refer-To: \(named)"])
        stage.scene.office.deliver(refer, on: stage.target.flow)
        #expect(stage.heard(by: \.target).contains { $0.status == 202 })
        return (stage, offer)
    }

    @Test(arguments: [200, 488, 491])
    func `it is introduced when it has answered the introduction before`(status: Int) throws {
        var (stage, offer) = try Self.givenBack()
        #expect(stage.heard(by: \.scene.caller).isEmpty)
        let sdp = status == 200 ? SDP.answer(to: offer, port: 30_000) : ""
        stage.scene.office.deliver(stage.scene.caller.answer(offer, status, sdp: sdp), on: stage.scene.caller.flow)
        #expect(stage.heard(by: \.scene.caller).map(\.method) == [.ack])
        stage.scene.office.wait(.milliseconds(10))
        #expect(try stage.meet().text(.pAssertedIdentity).contains("<sip:102@"))
        let last = try #require(stage.heard(by: \.scene.callee).last)
        #expect(last.method == .invite && last.text(.pAssertedIdentity).contains("<sip:101@"))
        #expect(stage.scene.office.switchboard.calls().count == 1)
    }

    @Test func `it may ask for changes of its own afterwards`() throws {
        var (stage, offer) = try Self.givenBack()
        let sdp = SDP.answer(to: offer, port: 30_000)
        stage.scene.office.deliver(stage.scene.caller.answer(offer, 200, sdp: sdp), on: stage.scene.caller.flow)
        _ = stage.heard(by: \.scene.caller)
        stage.scene.office.wait(.milliseconds(10))
        _ = try stage.meet()
        let last = try #require(stage.heard(by: \.scene.callee).last)
        let callee = stage.scene.callee
        stage.scene.office.deliver(callee.answer(last, 200, sdp: SDP.answer(to: last)), on: callee.flow)
        #expect(stage.scene.callerSays("INVITE", sdp: SDP.offer(direction: "sendonly")).map(\.status) == [100])
    }

    @Test func `it is asked again whether it lives`() throws {
        var stage = try TransferScene()
        let consulted = try stage.consult()
        stage.scene.pass(seconds: 31)
        let probe = try #require(stage.heard(by: \.target).last)
        #expect(probe.method == .options)
        try stage.connect(consulted)
        stage.scene.office.deliver(stage.target.answer(probe, 200), on: stage.target.flow)
        stage.scene.pass(seconds: 31)
        #expect(stage.heard(by: \.target).map(\.method) == [.options])
        stage.scene.pass(seconds: 33)
        #expect(!stage.scene.isStanding)
    }

    @Test func `it does not answer whether it lives: the call that it is in now is over`() throws {
        var stage = try TransferScene()
        let consulted = try stage.consult()
        stage.scene.pass(seconds: 31)
        #expect(stage.heard(by: \.target).map(\.method) == [.options])
        try stage.connect(consulted)
        stage.scene.pass(seconds: 33)
        #expect(!stage.scene.isStanding)
        #expect(stage.heard(by: \.scene.caller).map(\.method) == [.bye])
    }
}
