// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("What phones have changed by codes")
struct FeatureTests {
    private let source = EventSource(parsing: "192.0.2.50")

    private func office() async throws -> (Office, Device) {
        let office = try Office()
        try await office.add("101", "102")
        _ = try await office.enrol("101")
        let number = try #require(ExtensionNumber(parsing: "101"))
        return (office, try #require(office.store.snapshot.devices(of: number).first))
    }

    @Test func `its own forwards and its peace, with a line each that says which phone and from where`() async throws {
        let (office, phone) = try await office()
        let ask = { (code: String) async throws -> CallRefusal? in
            let request = try #require(FeatureRequest(dialled: code))
            return await office.administrator.carryOut(request, by: phone, from: source)
        }
        #expect(try await ask("*21*102")?.reason.contains("may not forward") == true, "a code gives no right")
        try await office.run(ForwardExtension(number: "101", to: .colleagues))
        for code in ["*21*102", "*61*102#", "*78", "*78"] { #expect(try await ask(code) == nil, "\(code)") }
        let settings = try #require(office.store.snapshot.outside.routing.forwards[phone.number])
        #expect(settings.forwards.mapValues(\.target.text) == [.always: "102", .noAnswer: "102"])
        #expect(settings.quiet?.from == source && settings.quiet?.by == "extension 101 by phone \(phone.id)")
        #expect(try office.journal().suffix(3).map(\.action) == ["code.dial", "code.dial", "code.dial"])
        #expect(
            office.notes.texts.contains { $0.contains("from 192.0.2.50; undo it: ringfence forward clear 101 always") }
        )
        for code in ["*21", "*61", "*79"] { #expect(try await ask(code) == nil, "\(code)") }
        #expect(office.store.snapshot.outside.routing.forwards.isEmpty)
        for code in ["*21*112", "*21*101", "*21*999", "*21*0301234567"] {
            #expect(try await ask(code) != nil, "\(code)")
        }
    }

    @Test func `members leave their groups and come back, and only named phones switch the night`() async throws {
        let (office, phone) = try await office()
        var group = PutGroup(group: "sales")
        (group.members, group.number) = (["101", "102"], "700")
        try await office.run(group)
        let ask = { (code: String) async throws -> CallRefusal? in
            let request = try #require(FeatureRequest(dialled: code))
            return await office.administrator.carryOut(request, by: phone, from: source)
        }
        for code in ["*45", "*45*700"] { #expect(try await ask(code) == nil, "\(code)") }
        #expect(office.store.snapshot.outside.routing.groups.values.first?.away == [phone.number])
        #expect(try await ask("*45*701")?.reason.contains("no such ring group") == true)
        #expect(try await ask("*46*700") == nil)
        #expect(office.store.snapshot.outside.routing.groups.values.first?.away.isEmpty == true)
        #expect(try await ask("*28*1")?.reason.contains("may not switch") == true)
        try await office.run(SwitchNight(.automatic, phones: ["101"]))
        #expect(try await ask("*28*1") == nil && office.store.snapshot.outside.routing.night == .closed)
        #expect(try await ask("*28") == nil && office.store.snapshot.outside.routing.night == .automatic)
        try await office.run(RevokePhone(id: phone.id.text))
        #expect(try await ask("*28*1")?.control == .sipPasswords)
    }
}
