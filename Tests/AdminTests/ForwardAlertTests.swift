// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("Control forwarding-rules: who is told of what")
struct ForwardAlertTests {
    private func told(_ office: Office, _ kind: SecurityEventKind) -> [SecurityEvent] {
        office.notes.all.compactMap { event in
            if case .noticed(let noticed) = event, noticed.kind == kind { noticed } else { nil }
        }
    }

    @Test func `a new extension is told of with who added it, from where, and how it is undone`() async throws {
        let office = try Office()
        try await office.add("201")
        let event = try #require(told(office, .extensionAdded).first)
        #expect(event.source == .machine && event.subject?.description == "201")
        #expect(event.detail == "root (uid 0) added extension 201; to undo it: ringfence extension remove 201")
        try await office.add("204", "202", "203")
        let second = try #require(told(office, .extensionAdded).last)
        #expect(second.detail.hasPrefix("root (uid 0) added 3 extensions, 202 to 204; to undo it: "))
        #expect(told(office, .extensionAdded).count == 2)
    }

    @Test func `a right to forward is told of with what was before, and undone by what it says`() async throws {
        let office = try Office()
        try await office.add("201")
        try await office.run(ForwardExtension(number: "201", to: .colleagues))
        try await office.run(ForwardExtension(number: "201", to: .outside))
        let event = try #require(told(office, .forwardChanged).last)
        #expect(event.subject?.description == "201" && event.kind.control == .forwardingRules)
        let sentence = "root (uid 0) lets extension 201 forward its calls to outside, and before to colleagues"
        #expect(event.detail.hasPrefix(sentence))
        #expect(event.detail.hasSuffix("to undo it: ringfence extension forwarding 201 --to colleagues"))
    }

    @Test func `a forward that is set is told of`() async throws {
        let office = try Office()
        try await office.add("201", "202")
        try await office.run(ForwardExtension(number: "201", to: .colleagues))
        try await office.run(SetForward(number: "201", .always, to: "202"))
        let event = try #require(told(office, .forwardChanged).last)
        #expect(
            event.detail == "calls of extension 201 go to 202 always, by root (uid 0) from this machine; "
                + "undo it: ringfence forward clear 201 always"
        )
    }

    @Test func `that calls may be sent on to a class or a country is told of`() async throws {
        let office = try Office()
        try await office.run(SetHome(region: "DE"))
        try await office.run(AllowClass(.voip))
        var france = OpenCountry("FR")
        try await office.run(france)
        #expect(told(office, .forwardChanged).isEmpty)
        try await office.run(AllowClass(.mobile, onward: true))
        france.onward = true
        try await office.run(france)
        #expect(
            told(office, .forwardChanged).map(\.detail) == [
                "root (uid 0) lets calls be forwarded and transferred to mobile numbers outside; to undo it: "
                    + "ringfence class refuse mobile",
                "root (uid 0) lets calls be forwarded and transferred to FR outside; to undo it: "
                    + "ringfence country close FR",
            ]
        )
    }

    @Test func `what was refused is told to nobody as done`() async throws {
        let office = try Office()
        #expect(await office.refusal(ForwardExtension(number: "299", to: .outside)) != nil)
        #expect(told(office, .forwardChanged).isEmpty)
    }

    @Test func `people hear of each within the hour, and of no repeat`() async throws {
        let office = try Office()
        try await office.add("201")
        try await office.add("202")
        for number in ["201", "202", "201"] { try await office.run(ForwardExtension(number: number, to: .colleagues)) }
        var alerts = Alerts()
        let codes = office.notes.all.compactMap { alerts.take($0, in: office.store.snapshot, at: noon)?.code.rawValue }
        #expect(codes.count { $0 == "event.extensionAdded" } == 2)
        // The third one changed nothing.
        #expect(codes.count { $0 == "event.forwardChanged" } == 2)
        let again = office.notes.all.compactMap { alerts.take($0, in: office.store.snapshot, at: noon + .seconds(60)) }
        #expect(again.isEmpty)
    }
}
