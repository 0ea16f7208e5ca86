// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Store
import Testing

@testable import ringfence

@Suite("ringfence ban")
struct BanCommandTests {
    private func ban() throws -> Ban {
        Ban(
            source: try #require(BanSource(parsing: "203.0.113.7")),
            reason: .guessing,
            evidence: "5 wrong passwords for the account 'a\u{1B}[2J' within 60 minutes",
            since: Sample.time,
            until: Sample.time + .seconds(1_800),
            repetition: 2
        )
    }

    @Test func `S13 list says who, why, until when, and how to lift it, and cannot move the cursor`() throws {
        let output = try parse(BanList.self).answer(from: Office([try ban()]))
        #expect(
            output.text == """
                SOURCE       REASON    UNTIL                 TIMES  BY         EVIDENCE
                203.0.113.7  guessing  2026-11-21T07:30:00Z  2      ringfence  5 wrong passwords for the account 'a\u{FFFD}[2J' within 60 minutes
                """
        )
        #expect(output.hint == "Let one in again: ringfence ban remove SOURCE")
        #expect(try parse(BanList.self).answer(from: Office([Ban]())).text == "Nobody is shut out.")
    }

    @Test func `add and remove say what is so now`() throws {
        let added = try parse(BanAdd.self, "203.0.113.7", "--reason", "x").answer(from: Office(try ban()))
        #expect(added.text == "203.0.113.7 is shut out until 2026-11-21T07:30:00Z.")
        #expect(added.hint == "Let it in again: ringfence ban remove 203.0.113.7")
        let removed = try parse(BanRemove.self, "203.0.113.7").answer(from: Office(try ban()))
        #expect(removed.text == "203.0.113.7 is let in again.")
    }
}
