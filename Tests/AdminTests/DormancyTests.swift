// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("Control dormant-extensions: the job that looks for them")
struct DormancyTests {
    private func after(_ days: Int64) -> WallTime { noon + .seconds(days * 86_400) }

    private func events(_ office: Office) -> [SecurityEventKind] {
        office.notes.all.compactMap { if case .noticed(let event) = $0 { event.kind } else { nil } }
            .filter { $0 != .extensionAdded }
    }

    private func enabled(_ office: Office) -> [String] {
        office.store.snapshot.extensions.values.filter(\.isEnabled).map(\.number.text).sorted()
    }

    /// The look of every night between two days.
    private func look(_ office: Office, _ days: ClosedRange<Int64>) async throws {
        for day in days { try await office.administrator.dormancyReview.run(after(day)) }
    }

    @Test func `people are told once after sixty days, and after ninety it ends by nobody's hand`() async throws {
        let office = try Office()
        try await office.add("201", "202")
        let phone = try await office.enrol("201")
        let number = phone.extension
        try await office.run(ReserveExtension(number: "202", reason: "telephone of the lift", until: "400d"))
        try await look(office, 1...59)
        #expect(events(office).isEmpty)
        try await look(office, 60...89)
        #expect(events(office) == [.extensionUnused])
        #expect(office.store.snapshot.extensions[number]?.isEnabled == true)
        try await look(office, 90...95)
        #expect(events(office) == [.extensionUnused, .extensionRetired])
        #expect(office.store.snapshot.extensions[number]?.isEnabled == false)
        #expect(office.store.snapshot.devices.isEmpty, "its password must be dead, and not only asleep")
        let lines = try office.store.journal(JournalQuery(limit: 20, includesSystem: true)).filter {
            ["extension.retire", "phone.revoke"].contains($0.action)
        }
        #expect(lines.map(\.action) == ["extension.retire", "phone.revoke"])
        #expect(lines.map(\.subject) == ["201", phone.id.text])
        #expect(lines.allSatisfy { $0.actor == JournalDraft.system })
        #expect(enabled(office) == ["202"])
    }

    @Test func `who is registered or in a call is used`() async throws {
        let office = try Office()
        try await office.add("201", "202", "203")
        let phones = [try await office.enrol("201"), try await office.enrol("202"), try await office.enrol("203")]
        office.register(phones[0])
        office.connect("c1", phones[1], phones[2])
        try await look(office, 1...120)
        #expect(events(office).isEmpty)
        let list = try await office.run(ListExtensions())
        #expect(list.map(\.lastUse) == [after(120), after(120), after(120)])
    }

    @Test func `a clock that runs a year ahead ends nothing on its own`() async throws {
        let office = try Office()
        try await office.add("201")
        try await look(office, 400...400)
        #expect(events(office) == [.extensionUnused])
        try await look(office, 1...20)
        #expect(enabled(office) == ["201"])
    }

    @Test func `one that is enabled again has its days once more, and needs new phones`() async throws {
        let office = try Office()
        try await office.add("201")
        _ = try await office.enrol("201")
        try await look(office, 60...60)
        try await look(office, 90...90)
        try await office.run(EnableExtension(number: "201"))
        // The clock of this office stands at noon of the first day.
        try await look(office, 59...59)
        #expect(events(office) == [.extensionUnused, .extensionRetired])
        #expect(office.store.snapshot.devices.isEmpty)
        try await look(office, 60...60)
        #expect(events(office).last == .extensionUnused)
        #expect(enabled(office) == ["201"])
    }

    @Test func `what was said is said of each, with what to do`() async throws {
        let office = try Office()
        try await office.add("201", "202")
        try await look(office, 60...60)
        let texts = office.notes.texts.filter { $0.hasPrefix("nobody used") }
        #expect(texts.count == 2)
        #expect(texts[0].contains("extension 201") && texts[0].contains("ringfence extension remove 201"))
        #expect(texts[1].contains("ringfence extension reserve 202"))
        var alerts = Alerts()
        let told = office.notes.all.compactMap { alerts.take($0, in: office.store.snapshot, at: after(60)) }
        #expect(
            told.map(\.code.rawValue) == [
                "event.extensionAdded", "event.extensionUnused", "event.extensionUnused",
            ]
        )
    }

    @Test func `a reservation has a reason and an end, and can be taken back`() async throws {
        let office = try Office()
        try await office.add("201")
        let long = await office.refusal(ReserveExtension(number: "201", reason: "lift", until: "401d"))
        #expect(long?.control == .dormantExtensions)
        #expect(await office.refusal(ReserveExtension(number: "201", reason: " ", until: "9d")) != nil)
        #expect(await office.refusal(UnreserveExtension(number: "201"))?.problem == "Extension 201 is not reserved.")
        try await office.run(ReserveExtension(number: "201", reason: "lift", until: "9d"))
        let list = try await office.run(ListExtensions())
        #expect(list.first?.reservation?.grantedBy == owner.name && list.first?.reservation?.until == after(9))
        try await office.run(UnreserveExtension(number: "201"))
        #expect(office.store.snapshot.extensions.values.first?.reservation == nil)
        #expect(try office.journal().suffix(2).map(\.action) == ["extension.reserve", "extension.unreserve"])
    }
}
