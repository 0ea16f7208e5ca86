// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("What operators do with calls inside")
struct CallFeatureTests {
    @Test func `a call is placed for an extension, with a line that says who wanted it`() async throws {
        let office = try Office()
        try await office.add("101", "102")
        let reply = try await office.run(DialCall(caller: "101", dialled: "102"))
        #expect(reply.id == "call-1" && reply.callee.text == "102")
        let line = try #require(office.journal().last)
        #expect(line.action == "call.dial" && line.subject == "101" && line.detail == #"{"new":"102"}"#)
        #expect(line.actor == "root (uid 0)")
        let refusal = try #require(await office.refusal(DialCall(caller: "101", dialled: "09001234567")))
        #expect(refusal.control == .premiumNumbers && refusal.reason == "calls to premium numbers are off")
        #expect(refusal.remedy.contains("ringfence control show premium-numbers"))
        #expect(
            await office.refusal(DialCall(caller: "109", dialled: "102"))?.reason.contains("nobody has added") == true
        )
        let endless = String(repeating: "1", count: 41)
        #expect(await office.refusal(DialCall(caller: "101", dialled: endless)) != nil)
        for role in [Role.security, .billing, .frontDesk, .auditor] {
            let person = Actor(name: "x", role: role)
            #expect(await office.refusal(DialCall(caller: "101", dialled: "102"), by: person)?.control == .roles)
        }
    }

    @Test func `nothing is dialled of which no line can be written`() async throws {
        let office = try Office()
        try await office.add("101", "102")
        try office.fillDisk()
        #expect(await office.refusal(DialCall(caller: "101", dialled: "102")) != nil)
    }

    @Test func `how calls are parked`() async throws {
        let office = try Office()
        #expect(try await office.run(ShowParking(), by: auditor) == .usual)
        let new = try await office.run(SetParking(places: 20, reach: .group))
        #expect(new == ParkingSettings(places: 20, seconds: 120, reach: .group))
        #expect(office.store.snapshot.outside.routing.parking == new)
        #expect(
            new.sentence
                == "Calls are parked at *681 to *6820, taken by the pick-up group of whoever parked it, and come back after 120 seconds"
        )
        #expect(await office.refusal(SetParking(places: 20))?.problem.contains("already") == true)
        #expect(await office.refusal(SetParking(places: 100))?.reason.contains("0 to 99 places") == true)
        #expect(await office.refusal(SetParking(seconds: 5))?.reason.contains("20 to 600 seconds") == true)
        #expect(await office.refusal(SetParking()) != nil)
        #expect(try await office.run(SetParking(places: 0)).sentence == "No calls are parked")
        #expect(try office.journal().last?.action == "park.set")
    }

    @Test func `speed dials, of the business and of an extension, and none for help`() async throws {
        let office = try Office()
        try await office.add("101", "102")
        try await office.run(SetSpeedDial(key: "07", target: "+493012345678"))
        try await office.run(SetSpeedDial(key: "07", target: "102", extension: "101"))
        let routing = office.store.snapshot.outside.routing
        let key = try #require(SpeedDials.Key(7))
        let (one, two) = (try #require(ExtensionNumber(parsing: "101")), try #require(ExtensionNumber(parsing: "102")))
        #expect(
            routing.target(of: key, at: one)?.text == "102" && routing.target(of: key, at: two)?.text == "+493012345678"
        )
        let wrong: [(SetSpeedDial, String)] = [
            (SetSpeedDial(key: "7", target: "102"), "two digits"), (SetSpeedDial(key: "08", target: "109"), "added it"),
            (SetSpeedDial(key: "08", target: "112"), "dialled in full"),
            (SetSpeedDial(key: "08", target: "boss"), "stands for an extension"),
            (SetSpeedDial(key: "07", target: "+493012345678"), "nothing to change"),
            (SetSpeedDial(key: "08", target: "102", extension: "109"), "added it"),
        ]
        for (command, reason) in wrong {
            let refusal = try #require(await office.refusal(command))
            #expect(refusal.reason.contains(reason), "\(refusal)")
        }
        // Who goes takes their own along, and what stands for them.
        try await office.run(RemoveExtension(number: "102"))
        #expect(office.store.snapshot.outside.routing.ownSpeedDials.isEmpty)
        try await office.run(SetSpeedDial(key: "07", target: nil))
        #expect(office.store.snapshot.outside.routing.speedDials == .none)
    }

    @Test func `an intercom is opened by who guards the system, for a while, and people hear of it`() async throws {
        let office = try Office()
        try await office.add("101", "102", "103")
        let open = OpenIntercom(number: "101", callers: ["102", "103"], reason: "the door", until: "30d")
        let administrator = Actor(name: "alice", role: .administrator)
        #expect(await office.refusal(open, by: administrator)?.control == .roles)
        let report = try await office.run(open, by: Actor(name: "sam", role: .security))
        #expect(report.isOpen && report.opening.until == noon + .seconds(30 * 86_400))
        #expect(report.opening.callers.map(\.text).sorted() == ["102", "103"])
        #expect(
            office.notes.texts.contains {
                $0.contains("sam lets extension 101 answer by itself when 102, 103 calls")
                    && $0.contains("intercom close 101")
            }
        )
        let wrong: [(OpenIntercom, String)] = [
            (OpenIntercom(number: "101", callers: ["102"], reason: "x", until: "93d"), "after 92 days"),
            (OpenIntercom(number: "101", callers: ["102"], reason: "", until: "1d"), "a reason"),
            (OpenIntercom(number: "101", callers: [], reason: "x", until: "1d"), "others who may call"),
            (OpenIntercom(number: "101", callers: ["101"], reason: "x", until: "1d"), "others who may call"),
            (OpenIntercom(number: "101", callers: ["109"], reason: "x", until: "1d"), "added it"),
        ]
        for (command, reason) in wrong {
            let refusal = try #require(await office.refusal(command))
            #expect(refusal.reason.contains(reason), "\(refusal)")
        }
        try await office.run(RemoveExtension(number: "103"))
        #expect(try await office.run(ListIntercoms()).first?.opening.callers.map(\.text) == ["102"])
        try await office.run(CloseIntercom(number: "101"), by: administrator)
        #expect(office.store.snapshot.outside.routing.intercoms.isEmpty)
        #expect(await office.refusal(CloseIntercom(number: "101")) != nil)
    }

    @Test func `call waiting is switched by an operator as by a code`() async throws {
        let office = try Office()
        try await office.add("101")
        let report = try await office.run(SetCallWaiting(number: "101", false))
        #expect(report.settings.oneCall == SettingOrigin(by: "root (uid 0)", at: noon))
        #expect(await office.refusal(SetCallWaiting(number: "101", false))?.problem.contains("already") == true)
        try await office.run(SetCallWaiting(number: "101", true))
        #expect(office.store.snapshot.outside.routing.forwards.isEmpty)
    }
}
