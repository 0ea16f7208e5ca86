// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("ringfence menu")
struct MenuTests {
    private func office() async throws -> Office {
        let office = try Office()
        try await office.add("101", "102", "103")
        return office
    }

    private func menu(_ name: String, _ keys: String..., change: (inout PutMenu) -> Void = { _ in }) -> PutMenu {
        var command = PutMenu(menu: name)
        command.keys = keys
        change(&command)
        return command
    }

    @Test func `a menu is made, changed, used by a number, and removed when nothing leads to it`() async throws {
        let office = try await office()
        try await office.run(AddMailbox(number: "103"))
        let made = try await office.run(
            menu("Main", "1=extension 101", "2=102", "3=mailbox 103", "*=menu main") { $0.number = "700" }
        )
        #expect(made.name.text == "main" && made.choices.map { String($0.key.character) } == ["1", "2", "3", "*"])
        var change = PutMenu(menu: "main", isChange: true)
        (change.keys, change.fallback, change.dialsExtensions) = (["2=nothing"], "extension 103", true)
        let changed = try await office.run(change)
        #expect(changed.choices.count == 3 && changed.dialsExtensions && changed.fallback.text == "103")
        try await office.run(AddNumber(number: "+493012345", destination: "menu main"))
        let inUse = try #require(await office.refusal(RemoveMenu(menu: "main")))
        #expect(inUse.reason == "calls of +493012345 go to it")
        try await office.run(RouteNumber(number: "+493012345", destination: "101"))
        try await office.run(RemoveMenu(menu: "main"))
        #expect(office.store.snapshot.outside.routing.menus.isEmpty)
        #expect(try office.store.verifyJournal().isIntact)
    }

    @Test(arguments: [
        "1=+49301234567", "1=0049301234567", "1=extension 999", "1=group none", "1=menu none", "1=mailbox 101", "1",
        "12=101", "A=101", "1=*43", "1=112",
    ])
    func `T05 no key leads outside, to nobody, or anywhere that there is not`(key: String) async throws {
        let office = try await office()
        let refusal = try #require(await office.refusal(menu("main", key)))
        #expect(!refusal.remedy.isEmpty)
        #expect(office.store.snapshot.outside.routing.menus.isEmpty)
    }

    @Test func `its number is nobody else's, and keys to an extension go with it`() async throws {
        let office = try await office()
        #expect(await office.refusal(menu("main", "1=101") { $0.number = "101" })?.problem == "101 cannot be taken.")
        try await office.run(
            menu("main", "1=101", "2=102") { ($0.number, $0.fallback, $0.voice) = ("700", "101", "101") }
        )
        let taken = await office.refusal(AddExtensions([NewExtension(number: "700")]))
        #expect(taken?.reason == "menu main has it")
        try await office.run(RemoveExtension(number: "101"))
        let menu = try #require(office.store.snapshot.outside.routing.menus.values.first)
        #expect(menu.choices.map(\.target.text) == ["102"] && menu.fallback == .hangUp && menu.voice == nil)
    }

    @Test func `it comes back from the store as it was`() async throws {
        let office = try await office()
        let made = try await office.run(
            menu("main", "1=101", "#=goodbye") { ($0.number, $0.dialsExtensions) = ("700", true) }
        )
        let stored = try #require(try office.store.storedSettings().outside.routing.menus[made.name])
        #expect(stored == made)
    }
}
