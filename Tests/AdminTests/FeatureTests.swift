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

    @Test func `call waiting, callers without a number and speed dials, each as often as it changes`() async throws {
        let (office, phone) = try await office()
        let ask = { (code: String) async throws -> CallRefusal? in
            let request = try #require(FeatureRequest(dialled: code))
            return await office.administrator.carryOut(request, by: phone, from: source)
        }
        let lines = try office.journal().count
        for code in ["*70", "*70", "*77", "*77", "*75*07*102", "*75*07*102"] {
            #expect(try await ask(code) == nil, "\(code)")
        }
        #expect(try office.journal().count == lines + 3, "what is so already is no line")
        let routing = office.store.snapshot.outside.routing
        #expect(routing.forwards[phone.number]?.oneCall?.from == source)
        #expect(routing.ownBlocks[phone.number]?.rejectsAnonymous == true)
        #expect(routing.ownSpeedDials[phone.number]?.entries.map(\.value.text) == ["102"])
        for code in ["*75*08*112", "*75*08*999", "*75*08*030123"] {
            #expect(try await ask(code) != nil, "\(code)")
        }
        for code in ["*71", "*87", "*75*07"] { #expect(try await ask(code) == nil, "\(code)") }
        let after = office.store.snapshot.outside.routing
        #expect(after.forwards.isEmpty && after.ownBlocks.isEmpty && after.ownSpeedDials.isEmpty)
    }

    @Test func `a code that is toggled again and again fills no journal, and others are not hindered`() async throws {
        let (office, phone) = try await office()
        _ = try await office.enrol("102")
        let number = try #require(ExtensionNumber(parsing: "102"))
        let other = try #require(office.store.snapshot.devices(of: number).first)
        let lines = try office.journal().count
        var refused: [CallRefusal] = []
        for round in 0..<100 {
            let refusal = await office.administrator.carryOut(.quiet(round % 2 == 0), by: phone, from: source)
            if let refusal { refused.append(refusal) }
        }
        #expect(try office.journal().count == lines + 30)
        #expect(refused.count >= 35 && refused.allSatisfy { $0.status == 403 && $0.reason.contains("30 times") })
        #expect(await office.administrator.carryOut(.quiet(true), by: other, from: source) == nil)
    }
}
