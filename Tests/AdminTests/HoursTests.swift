// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("ringfence hours")
struct HoursTests {
    @Test func `are set, shown by the clock on the wall there, and cleared, with a line each`() async throws {
        let office = try Office()
        #expect(try await office.run(ShowHours()) == ShowHours.Reply(hours: nil, isOpen: true))
        // 2027-01-15 08:00 UTC, a Friday: 09:00 in Berlin.
        let berlin = try await office.run(SetHours(zone: "Europe/Berlin", spans: ["fri 09:00-09:01"]))
        #expect(berlin.isOpen && berlin.hours?.description == "Europe/Berlin: fri 09:00-09:01")
        #expect(try await !office.run(SetHours(zone: "UTC", spans: ["fri 09:00-18:00"])).isOpen)
        #expect(try await !office.run(SetHours(zone: "UTC", spans: ["sat-sun 00:00-24:00"])).isOpen)
        #expect(try await office.run(SetHours(zone: "", spans: [])).isOpen)
        #expect(office.store.snapshot.hours == nil)
        #expect(try office.journal().dropFirst().map(\.action) == Array(repeating: "hours.set", count: 4))
        #expect(try office.journal().last?.detail == #"{"old":"UTC: sat-sun 00:00-24:00"}"#)
    }

    @Test(arguments: [
        ("Berlin/Mitte", ["fri 09:00-10:00"], "There is no time zone 'Berlin/Mitte'."),
        ("Europe/Berlin", ["friday"], "'friday' are no opening hours."),
        ("Europe/Berlin", Array(repeating: "fri 09:00-10:00", count: 22), "The opening hours were not changed."),
    ])
    func `what nobody can keep is refused`(zone: String, spans: [String], problem: String) async throws {
        let office = try Office()
        #expect(await office.refusal(SetHours(zone: zone, spans: spans))?.problem == problem)
        #expect(office.store.snapshot.hours == nil)
    }

    @Test func `the daily work of an administrator, and nothing of who guards the system`() async throws {
        let office = try Office()
        let command = SetHours(zone: "UTC", spans: ["mon 08:00-18:00"])
        #expect(await office.refusal(command, by: Actor(name: "a", role: .administrator)) == nil)
        #expect(await office.refusal(command, by: Actor(name: "s", role: .security))?.control == .roles)
        #expect(await office.refusal(ShowHours(), by: auditor) == nil)
    }
}
