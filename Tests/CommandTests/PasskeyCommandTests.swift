// SPDX-License-Identifier: Apache-2.0

import Admin
import Model
import Primitives
import Testing

@testable import ringfence

@Suite("ringfence passkey")
struct PasskeyCommandTests {
    private func report(_ owner: String, _ name: String, lastUsed: WallTime? = nil) throws -> PasskeyReport {
        PasskeyReport(
            Passkey(
                id: [1],
                owner: owner,
                name: try #require(ShortName(parsing: name)),
                key: [2],
                counter: 3,
                since: Sample.time,
                lastUsed: lastUsed
            )
        )
    }

    @Test func `list says whose there are, and when each was last used`() throws {
        let list = [try report("anna", "office-laptop", lastUsed: Sample.time), try report("bert", "key")]
        #expect(
            try parse(PasskeyList.self).answer(from: Office(list)).text == """
                WHO   PASSKEY        SINCE                 LAST USED
                anna  office-laptop  2026-11-21T07:00:00Z  2026-11-21T07:00:00Z
                bert  key            2026-11-21T07:00:00Z  never
                """
        )
        let none = try parse(PasskeyList.self, "carl").answer(from: Office([PasskeyReport]()))
        #expect(none.text == "Nobody signs in with a passkey.")
    }

    @Test func `remove says what is so now`() throws {
        let removed = try parse(PasskeyRemove.self, "anna", "key").answer(from: Office(try report("anna", "key")))
        #expect(removed.text == "anna signs in with the passkey key no more.")
    }

    @Test func `what was typed becomes the command that is asked`() throws {
        #expect(try parse(PasskeyList.self).command == ListPasskeys())
        #expect(try parse(PasskeyList.self, "anna").command == ListPasskeys(of: "anna"))
        #expect(try parse(PasskeyRemove.self, "anna", "key").command == RemovePasskey(of: "anna", passkey: "key"))
    }
}
