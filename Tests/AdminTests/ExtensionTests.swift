// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("ringfence extension")
struct ExtensionTests {
    @Test func `add makes extensions, in the order asked for`() async throws {
        let office = try Office()
        let wanted = [NewExtension(number: "204", name: " Reception "), NewExtension(number: "201")]
        let added = try await office.run(AddExtensions(wanted))
        #expect(added.map(\.number.text) == ["204", "201"])
        #expect(added.map(\.name) == ["Reception", "Extension 201"])
        #expect(added.allSatisfy { $0.isEnabled && $0.phones == 0 && $0.createdAt == noon })
        #expect(office.engine.generations == [1])
    }

    @Test func `list has them in the order of their numbers, with their phones`() async throws {
        let office = try Office()
        try await office.add("204", "99", "201")
        _ = try await office.enrol("201")
        let list = try await office.run(ListExtensions())
        #expect(list.map(\.number.text) == ["99", "201", "204"])
        #expect(list.map(\.phones) == [0, 1, 0])
    }

    @Test func `show has everything that belongs to one`() async throws {
        let office = try Office()
        try await office.add("201", "202")
        let (phone, other) = (try await office.enrol("201"), try await office.enrol("202"))
        office.register(phone)
        office.register(other)
        office.connect("c1", phone, other)
        let detail = try await office.run(ShowExtension(number: "201"))
        #expect((detail.summary.number.text, detail.summary.phones) == ("201", 1))
        #expect(detail.phones.map(\.id) == [phone.id])
        #expect(detail.phones.map(\.registrations) == [1])
        #expect(detail.registrations.map(\.phone) == [phone.id])
        #expect(detail.calls.map(\.id) == ["c1"])
    }

    @Test func `one that is disabled loses its registrations and calls at once`() async throws {
        let office = try Office()
        try await office.add("201", "202")
        let (phone, other) = (try await office.enrol("201"), try await office.enrol("202"))
        office.register(phone)
        office.register(other)
        office.connect("c1", other, phone)
        let change = try await office.run(DisableExtension(number: "201"))
        #expect((change.change, change.endedCalls, change.removedRegistrations) == (.disabled, 1, 1))
        #expect(await office.engine.live(.registrations).registrations.map(\.phone) == [other.id])
        #expect(await office.engine.live(.calls).calls.isEmpty)
        #expect(office.store.snapshot.extensions[change.number]?.isEnabled == false)
        #expect(office.store.snapshot.deviceCount(of: change.number) == 1)
    }

    @Test func `one that is enabled again is as before`() async throws {
        let office = try Office()
        try await office.add("201")
        try await office.run(DisableExtension(number: "201"))
        let change = try await office.run(EnableExtension(number: "201"))
        #expect(change.change == .enabled)
        #expect(office.store.snapshot.extensions[change.number]?.isEnabled == true)
    }

    @Test func `who may forward is said by somebody, and the journal says by whom`() async throws {
        let office = try Office()
        try await office.add("201")
        let before = try await office.run(ListExtensions())
        #expect(before.map(\.forwarding) == [.nobody])
        let change = try await office.run(
            ForwardExtension(number: "201", to: .colleagues)
        )
        #expect(change.change == .forwardingSet)
        #expect(office.store.snapshot.extensions[change.number]?.forwarding == .colleagues)
        let entry = try #require(try office.journal().last)
        #expect((entry.action, entry.subject) == ("extension.forwarding", "201"))
        for policy in ["colleagues", "nobody"] { #expect(entry.detail.contains(#""forwarding":"\#(policy)""#)) }
    }

    @Test func `one that is removed takes its phones along`() async throws {
        let office = try Office()
        try await office.add("201", "202")
        let (phone, second) = (try await office.enrol("201"), try await office.enrol("201"))
        office.register(phone)
        let change = try await office.run(RemoveExtension(number: "201"))
        #expect((change.change, change.revokedPhones, change.removedRegistrations) == (.removed, 2, 1))
        #expect(office.store.snapshot.extensions.keys.map(\.text) == ["202"])
        #expect(office.store.snapshot.devices.isEmpty)
        #expect(try office.journal().suffix(3).map(\.action) == ["phone.revoke", "phone.revoke", "extension.remove"])
        #expect(try office.journal().suffix(3).map(\.subject).dropLast() == [phone.id.text, second.id.text])
    }

    @Test(arguments: [false, true])
    func `one that somebody removes meanwhile does not come back`(isEnabled: Bool) async throws {
        let office = try Office()
        try await office.add("201")
        if isEnabled { try await office.run(DisableExtension(number: "201")) }
        office.meanwhile(RemoveExtension(number: "201"))
        let command: any Command = isEnabled ? EnableExtension(number: "201") : DisableExtension(number: "201")
        #expect(await office.refusal(command)?.problem == "Extension 201 does not exist.")
        #expect(office.store.snapshot.extensions.isEmpty)
    }

    @Test func `who is enrolled or let in for one while it is removed goes with it`() async throws {
        let office = try Office()
        try await office.add("201")
        let number = try #require(ExtensionNumber(parsing: "201"))
        for command in [
            AddOperator(account: "alice", role: .ownExtension(number)),
            EnrolPhones([NewPhone(extension: "201")]),
        ] as [any Command] {
            if office.store.snapshot.extensions.isEmpty { try await office.add("201") }
            office.meanwhile(command)
            try await office.run(RemoveExtension(number: "201"))
            let ends = try office.journal().suffix(2).map(\.action)
            #expect(
                ends.contains("extension.remove") && (ends.contains("operator.remove") || ends.contains("phone.revoke"))
            )
        }
        #expect(office.store.snapshot.operators.isEmpty && office.store.snapshot.devices.isEmpty)
    }

    @Test func `a number that was removed can be added anew, without its old phones`() async throws {
        let office = try Office()
        try await office.add("201")
        _ = try await office.enrol("201")
        try await office.run(RemoveExtension(number: "201"))
        try await office.add("201")
        #expect(office.store.snapshot.devices.isEmpty)
    }

    @Test func `all of a command is done or nothing`() async throws {
        let office = try Office()
        try await office.add("201")
        let wanted = ["202", "203", "201"].map { NewExtension(number: $0) }
        #expect(await office.refusal(AddExtensions(wanted))?.problem == "Extension 201 cannot be added.")
        #expect(office.store.snapshot.extensions.count == 1)
        #expect(office.engine.generations == [1])
    }

    @Test func `a thousand extensions and phones are two commands`() async throws {
        let office = try Office()
        let numbers = (1_000..<2_000).map(String.init)
        try await office.run(AddExtensions(numbers.map { NewExtension(number: $0) }))
        let phones = try await office.run(
            EnrolPhones(numbers.map { NewPhone(extension: $0) })
        )
        #expect(Set(phones.map(\.enrolment.username)).count == 1_000)
        #expect(office.store.snapshot.devices.count == 1_000)
        #expect(office.engine.generations == [1, 2])
        #expect(try office.store.verifyJournal().entries == 2_002)
    }
}
