// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

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
