// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import SIP
import Testing

@Suite("ATTACKS I03: an intercom is heard by nobody but who it was opened for")
struct IntercomMicrophoneTests {
    /// 101 talks into the room of 102, which was opened for it; 103 has a phone too.
    private struct Room {
        var scene: OutsideScene
        var other: Phone
        /// The 200 that 101 got.
        let answer: Message
        /// The INVITE that the phone of 102 answered by itself.
        let invite: Message

        init(until end: Duration = .seconds(3_600)) throws {
            var scene = try OutsideScene()
            var other = try Phone("phone-103-000001", in: &scene.office, from: "192.0.2.53:50000")
            try other.register(&scene.office)
            let settings = ParkingSettings(places: 9, seconds: 60, reach: .everybody)
            scene.office.apply([.outside(.route(.park(try #require(settings))))])
            try Self.open(&scene, until: end)
            _ = try scene.dial("*80*102")
            let invite = try #require(scene.office.received(on: scene.callee.flow).first)
            let callee = scene.callee
            scene.office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
            let heard = scene.office.received(on: scene.caller.flow).last { $0.status == 200 }
            let answer = try #require(heard)
            try scene.acknowledge(answer)
            (self.scene, self.other, self.answer, self.invite) = (scene, other, answer, invite)
        }

        mutating func open(until end: Duration?) throws { try Self.open(&scene, until: end) }

        private static func open(_ scene: inout OutsideScene, until end: Duration?) throws {
            let callee = try #require(ExtensionNumber(parsing: "102"))
            let caller = try #require(ExtensionNumber(parsing: "101"))
            let origin = SettingOrigin(by: "test", at: WallTime(milliseconds: 0))
            let until = end.map { scene.office.moment.wall + $0 }
            let opening = until.flatMap { IntercomOpening(for: [caller], because: "door", until: $0, by: origin) }
            scene.office.apply([.outside(.route(.openIntercom(callee, opening)))])
        }

        /// 101 asks for a transfer; the answer to its REFER.
        mutating func refer(_ to: String) -> Message? {
            let request = scene.caller.inDialog("REFER", of: answer, extra: ["Refer-To: \(to)"])
            scene.office.deliver(request, on: scene.caller.flow)
            return scene.office.received(on: scene.caller.flow).first
        }
    }

    @Test(arguments: ["103", "+4940555123", "*68", "*681"])
    func `I03 who speaks into a room sends nobody else there`(_ target: String) throws {
        var room = try Room()
        #expect(room.refer("<sip:\(target)@\(Office.domain)>")?.status == 403)
        #expect(room.scene.office.received(on: room.other.flow).isEmpty)
        #expect(room.scene.office.received(on: room.scene.provider.flow).allSatisfy { $0.method != .invite })
        #expect(room.scene.office.switchboard.calls().compactMap(\.place).isEmpty)
        #expect(try room.other.call(&room.scene.office, "*681", callID: "take").last?.status == 404)
    }

    @Test func `I03 nor joins it with another call, from either side`() throws {
        var room = try Room()
        let other = room.other
        _ = try room.scene.dial("103", callID: "second")
        let ringing = try #require(room.scene.office.received(on: other.flow).first)
        room.scene.office.deliver(other.answer(ringing, 200, sdp: SDP.answer(to: ringing)), on: other.flow)
        let second = try #require(room.scene.office.received(on: room.scene.caller.flow).last { $0.status == 200 })
        try room.scene.acknowledge(second)
        for (own, consulted) in [(room.answer, second), (second, room.answer)] {
            let tag = { (name: HeaderName) in consulted.text(name).split(separator: "tag=").last ?? "" }
            let replaces = "\(consulted.text(.callID))%3Bto-tag%3D\(tag(.to))%3Bfrom-tag%3D\(tag(.from))"
            let number = consulted.text(.callID) == second.text(.callID) ? "103" : "102"
            let to = "Refer-To: <sip:\(number)@\(Office.domain)?Replaces=\(replaces)>"
            let request = room.scene.caller.inDialog("REFER", of: own, extra: [to])
            room.scene.office.deliver(request, on: room.scene.caller.flow)
            #expect(room.scene.office.received(on: room.scene.caller.flow).first?.status == 403)
        }
        #expect(room.scene.office.switchboard.calls().count == 2)
    }

    @Test func `I03 nor parks it from hold`() throws {
        var room = try Room()
        let flow = room.scene.caller.flow
        let hold = room.scene.caller.inDialog("INVITE", of: room.answer, sdp: SDP.offer(direction: "sendonly"))
        room.scene.office.deliver(hold, on: flow)
        let callee = room.scene.callee
        for request in room.scene.office.received(on: callee.flow) where request.method == .invite {
            let sdp = SDP.answer(to: request, direction: "recvonly")
            room.scene.office.deliver(callee.answer(request, 200, sdp: sdp), on: callee.flow)
        }
        _ = room.scene.office.received(on: flow)
        let refusal = try room.scene.dial("*68", callID: "park").last?.status
        #expect(refusal == 403 || refusal == 404)
        #expect(room.scene.office.switchboard.calls().compactMap(\.place).isEmpty)
    }

    @Test func `D20 the call ends when the time is over that it was opened for`() throws {
        var room = try Room(until: .seconds(60))
        room.scene.pass(seconds: 58)
        #expect(room.scene.office.switchboard.calls().count == 1)
        room.scene.pass(seconds: 3)
        #expect(room.scene.office.switchboard.calls().isEmpty)
        #expect(room.scene.office.received(on: room.scene.callee.flow).contains { $0.method == .bye })
        #expect(room.scene.office.record()?.reason.contains("does not answer by itself") == true)
    }

    @Test func `D20 whoever opens it for longer lets the call last, and whoever closes it ends it`() throws {
        var room = try Room(until: .seconds(60))
        try room.open(until: .seconds(300))
        room.scene.pass(seconds: 120)
        #expect(room.scene.office.switchboard.calls().count == 1)
        try room.open(until: nil)
        #expect(room.scene.office.switchboard.calls().isEmpty)
    }
}
