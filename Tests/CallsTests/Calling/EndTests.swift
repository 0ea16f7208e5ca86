// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 3261 §15: how calls end")
struct EndTests {
    @Test func `the called phone may hang up too`() throws {
        var scene = try Scene()
        scene.office.deliver(scene.callee.inDialog("BYE", from: scene.invite), on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).map(\.status) == [200])
        #expect(scene.office.received(on: scene.caller.flow).map(\.method) == [.bye])
        #expect(scene.office.record()?.reason == "the called phone hung up")
    }

    @Test func `S14 a forged BYE ends nothing`() throws {
        var scene = try Scene()
        let stranger = try scene.office.flow(from: "198.51.100.66:4444")
        scene.office.deliver(scene.caller.inDialog("BYE", of: scene.answer), on: stranger)
        #expect(scene.office.received(on: stranger).map(\.status) == [401])
        #expect(scene.office.switchboard.calls().count == 1)
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
        #expect(scene.office.events.map(\.kind) == [.forgedInDialog])
    }

    @Test func `a phone that is silent and does not answer when asked is gone`() throws {
        var scene = try Scene()
        scene.office.wait(.seconds(31))
        #expect(scene.office.received(on: scene.caller.flow).map(\.method) == [.options])
        let probe = try #require(scene.office.received(on: scene.callee.flow).first)
        scene.office.deliver(scene.callee.answer(probe, 200), on: scene.callee.flow)
        scene.office.wait(.seconds(33))
        #expect(scene.office.switchboard.calls().isEmpty)
        #expect(scene.office.received(on: scene.callee.flow).contains { $0.method == .bye })
        #expect(scene.office.record()?.reason == "a phone is silent and does not answer")
    }

    @Test func `a phone that loses its connection keeps its call when it comes back`() throws {
        var scene = try Scene()
        scene.office.disconnect(scene.caller.flow)
        scene.office.wait(.seconds(5))
        scene.caller.flow = try scene.office.flow(from: "192.0.2.50:50001")
        try scene.caller.register(&scene.office)
        scene.office.deliver(scene.caller.inDialog("BYE", of: scene.answer), on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [200])
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.bye])
    }

    @Test func `a phone that loses its connection and is silent loses its call`() throws {
        var scene = try Scene()
        scene.office.disconnect(scene.caller.flow)
        scene.office.wait(.seconds(70))
        #expect(scene.office.switchboard.calls().isEmpty)
        #expect(scene.office.received(on: scene.callee.flow).contains { $0.method == .bye })
    }

    @Test func `an operator ends a call`() throws {
        var scene = try Scene()
        let id = try #require(scene.office.record()?.id)
        let found = [scene.office.endCall("nothing"), scene.office.endCall(id)]
        #expect(found == [false, true])
        #expect(scene.office.received(on: scene.caller.flow).map(\.method) == [.bye])
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.bye])
    }

    @Test func `calls that end because the server stops say so`() throws {
        var scene = try Scene()
        scene.office.stop()
        #expect(scene.office.received(on: scene.caller.flow).map(\.method) == [.bye])
        #expect(scene.office.record()?.reason == "the server was stopped")
        #expect(scene.office.switchboard.calls().isEmpty)
    }

    @Test(arguments: [3_600, -3_600])
    func `a call lasts as long as it lasts, whatever somebody does to the clock`(step: Int64) throws {
        var scene = try Scene()
        let answered = try #require(scene.office.record()?.answeredAt)
        scene.office.wait(.seconds(7))
        scene.office.stepClock(.seconds(step))
        scene.office.deliver(scene.caller.inDialog("BYE", of: scene.answer), on: scene.caller.flow)
        #expect(scene.office.record()?.endedAt == answered + .seconds(7))
    }

    @Test func `a call that is refused after the clock was set back does not end before it begins`() throws {
        var (office, caller, callee) = try Office.withPhones()
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        office.stepClock(.seconds(-3_600))
        office.deliver(callee.answer(invite, 486), on: callee.flow)
        let record = try #require(office.record())
        #expect(record.outcome == .busy && record.endedAt == record.startedAt)
    }

    @Test func `I05 disabling an extension ends its calls`() throws {
        var scene = try Scene()
        try scene.office.apply(disabled: ["102"])
        #expect(scene.office.received(on: scene.caller.flow).map(\.method) == [.bye])
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.bye])
        #expect(scene.office.closed == [scene.callee.flow.id] && scene.office.unheard.isEmpty)
        #expect(scene.office.switchboard.calls().isEmpty)
    }

    @Test func `a phone that rings is told before the connection of its disabled extension closes`() throws {
        var (office, caller, callee) = try Office.withPhones()
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(invite, 180), on: callee.flow)
        try office.apply(disabled: ["102"])
        #expect(office.received(on: callee.flow).map(\.method) == [.cancel])
        #expect(office.closed == [callee.flow.id] && office.unheard.isEmpty)
    }

    @Test func `nothing is left behind by calls that ended any way they can`() throws {
        var scene = try Scene()
        scene.office.deliver(
            scene.caller.inDialog("INVITE", of: scene.answer, sdp: SDP.offer(direction: "sendonly")),
            on: scene.caller.flow
        )
        scene.office.disconnect(scene.callee.flow)
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [100, 488])
        scene.office.deliver(scene.caller.inDialog("BYE", of: scene.answer), on: scene.caller.flow)

        scene.callee.flow = try scene.office.flow()
        try scene.callee.register(&scene.office)
        _ = try scene.caller.call(&scene.office, "102", callID: "call-2")
        let second = try #require(scene.office.received(on: scene.callee.flow).first)
        scene.office.deliver(scene.callee.answer(second, 180), on: scene.callee.flow)
        scene.office.disconnect(scene.caller.flow)
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.cancel])
        scene.office.disconnect(scene.callee.flow)
        scene.office.wait(.seconds(700))
        let figures = scene.office.switchboard.figures
        #expect(figures.calls == 0 && figures.transactions == 0 && figures.registrations == 0)
        #expect(scene.office.switchboard.nextDeadline == nil)
    }
}
