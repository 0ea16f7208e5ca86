// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

@Suite("Control emergency-calls: no port for audio in the clear is missing")
struct HelpPortTests {
    @Test func `where calls have every port the newest of them ends, and its port does not rest`() throws {
        var scene = try PlainTrunkTests.scene()
        _ = try scene.talk(to: "040555123", sdp: PlainTrunkTests.plain)
        let (_, newest) = try scene.talk(to: "040555124", callID: "call-2", sdp: PlainTrunkTests.plain)
        #expect(try scene.dial("040555125", callID: "call-3").last?.status == 503)
        _ = try scene.dial("112", callID: "help")
        let heard = scene.office.received(on: scene.provider.flow)
        #expect(heard.map(\.method) == [.bye, .invite])
        #expect(heard.first?.text(.callID) == newest.text(.callID))
        let invite = try #require(heard.last)
        let answer = try #require(scene.say(200, to: invite, sdp: PlainTrunkTests.plain).last)
        #expect(answer.status == 200)
        #expect(scene.office.relays.count == 2, "the relay takes the port at once")
    }

    @Test func `who calls and hangs up again leaves nothing but ports that rest, and help goes out by them`() throws {
        var scene = try PlainTrunkTests.scene()
        for index in 0..<2 {
            let target = "sip:\(OutsideScene.owned)@192.0.2.1"
            _ = scene.bring(callID: "in-\(index)", sdp: PlainTrunkTests.plain)
            let ringing = try #require(scene.office.received(on: scene.callee.flow).first { $0.method == .invite })
            scene.office.deliver(scene.callee.answer(ringing, 180), on: scene.callee.flow)
            let provisional = try #require(scene.office.received(on: scene.provider.flow).last)
            scene.office.deliver(scene.provider.cancel(provisional, to: target), on: scene.provider.flow)
            scene.pass(seconds: 2)
        }
        #expect(scene.office.switchboard.calls().isEmpty)
        #expect(try scene.dial("040555123").last?.status == 503, "every port rests")
        _ = scene.office.received(on: scene.provider.flow)
        for index in 0..<2 {
            _ = try scene.dial("112", callID: "help-\(index)")
            _ = try scene.invite()
        }
    }

    @Test func `of two calls for help none takes the port of the other`() throws {
        var scene = try PlainTrunkTests.scene()
        for index in 0..<2 {
            _ = try scene.dial("112", callID: "help-\(index)")
            _ = scene.say(180, to: try scene.invite())
        }
        let heard = try scene.dial("112", callID: "help-2")
        #expect(heard.last?.status == 503)
        #expect(scene.office.received(on: scene.provider.flow).isEmpty)
    }
}
