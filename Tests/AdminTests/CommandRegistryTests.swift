// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Store
import Testing

@Suite("Every command there is")
struct CommandRegistryTests {
    private let number: ExtensionNumber

    init() throws { number = try #require(ExtensionNumber(parsing: "201")) }

    @Test func `is found by its name, which is a noun and a verb`() {
        for command in CommandRegistry.all {
            #expect(CommandRegistry.command(named: command.name) == command)
            #expect(command.name.allSatisfy { $0.isLowercase || $0 == "." || $0 == "-" }, "\(command.name)")
            #expect(command.name.split(separator: ".").count == 2 || command.name == "doctor", "\(command.name)")
        }
        #expect(CommandRegistry.command(named: "extension") == nil)
    }

    @Test func `needs a right`() {
        for command in CommandRegistry.all { #expect(!command.rights.isEmpty, "\(command.name)") }
    }

    @Test func `Control roles: says whose things it answers, where somebody may see their own`() {
        for command in CommandRegistry.all {
            let isForOne = command.rights.allSatisfy {
                Authoriser.reach(of: .ownExtension(number), with: $0) != .nothing
            }
            #expect(isForOne == (command is any ExtensionCommand.Type), "\(command.name)")
        }
    }

    @Test func `in its harmless form changes nothing, even for an owner`() async throws {
        let office = try Office()
        try await office.add("201")
        _ = try await office.enrol("201")
        let before = office.store.snapshot
        for command in CommandRegistry.all { _ = await office.refusal(command.harmless(number)) }
        #expect(office.store.snapshot.generation == before.generation)
        #expect(await office.engine.bans().isEmpty)
    }
}
