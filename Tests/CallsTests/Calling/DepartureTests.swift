// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 5057 §5.1 and RFC 5407 §3.1.2: answers of a phone that has left the call")
struct DepartureTests {
    private static let timer = ["Require: timer", "Session-Expires: 200;refresher=uac", "Allow: INVITE, UPDATE"]

    @Test(arguments: [481, 408])
    func `to whether it lives: a transfer that crossed the question goes on`(status: Int) throws {
        var stage = try TransferScene()
        let probe = try stage.silence()
        _ = stage.refer()
        _ = stage.scene.calleeSays("BYE")
        stage.scene.office.deliver(stage.scene.callee.answer(probe, status), on: stage.scene.callee.flow)
        #expect(stage.scene.isStanding)
        _ = try stage.pickUp()
        _ = try stage.meet()
        #expect(stage.scene.callerSays("UPDATE").map(\.status) == [200])
    }

    @Test func `to whether it lives: who took its place is not taken for silent`() throws {
        var stage = try TransferScene()
        let probe = try stage.silence()
        _ = stage.refer()
        _ = try stage.pickUp()
        _ = try stage.meet()
        stage.scene.office.deliver(stage.scene.callee.answer(probe, 481), on: stage.scene.callee.flow)
        #expect(stage.scene.callerSays("UPDATE").map(\.status) == [200])
    }

    @Test func `none at all: who took its place is not taken for silent`() throws {
        var stage = try TransferScene()
        _ = try stage.silence()
        stage.scene.pass(seconds: 10)
        _ = stage.refer()
        _ = try stage.pickUp()
        _ = try stage.meet()
        // 32 seconds after the question to 102, and less than 30 after 103 picked up.
        stage.scene.pass(seconds: 25)
        #expect(stage.scene.isStanding)
        #expect(stage.heard(by: \.target).map(\.method) == [.ack])
    }

    @Test(arguments: [481, 200])
    func `to a refresh: the session is that of the phone that took its place`(status: Int) throws {
        var stage = try TransferScene(answering: Self.timer)
        stage.scene.pass(seconds: 101)
        let update = try #require(stage.heard(by: \.scene.callee).first)
        #expect(update.method == .update)
        _ = stage.refer()
        _ = try stage.pickUp()
        _ = try stage.meet()
        _ = stage.heard(by: \.target)
        let short = ["Session-Expires: 90;refresher=uac", "Require: timer"]
        let answer = stage.scene.callee.answer(update, status, extra: short)
        let moved = answer.replacing("Contact: <\(stage.scene.callee.contact)>", with: "Contact: <sip:gone@192.0.2.9>")
        stage.scene.office.deliver(moved, on: stage.scene.callee.flow)
        #expect(stage.scene.isStanding)
        _ = stage.scene.callerSays("BYE")
        let bye = try #require(stage.heard(by: \.target).first)
        #expect(bye.method == .bye && bye.string(bye.requestURI) == stage.target.contact)
    }

    @Test func `to a change: the one that waits is told to try again, and the transfer goes on`() throws {
        var stage = try TransferScene()
        let hold = SDP.offer(direction: "sendonly")
        #expect(stage.scene.callerSays("INVITE", sdp: hold).map(\.status) == [100])
        let change = try #require(stage.heard(by: \.scene.callee).first)
        _ = stage.refer()
        _ = stage.scene.calleeSays("BYE")
        #expect(stage.heard(by: \.scene.caller).map(\.status) == [491])
        stage.scene.office.deliver(stage.scene.callee.answer(change, 481), on: stage.scene.callee.flow)
        #expect(stage.scene.isStanding)
        _ = try stage.pickUp()
        _ = try stage.meet()
        #expect(stage.scene.isStanding)
    }
}
