// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Synchronization
import Testing

@Suite("ringfence ban")
struct BanTests {
    private func request(_ source: String = "203.0.113.7", reason: String = "guesses", hours: Int = 24) -> AddBan {
        AddBan(source: source, reason: reason, hours: hours)
    }

    @Test func `add shuts a source out at once and after a restart, with a reason, in the journal`() async throws {
        let office = try Office()
        let expected = Ban(
            source: try #require(BanSource(parsing: "203.0.113.7")),
            reason: .decision,
            evidence: "guesses",
            since: noon,
            until: noon + .seconds(86_400),
            actor: "root (uid 0)"
        )
        #expect(try await office.run(request()) == expected)
        #expect(try await office.run(ListBans()) == [expected])
        #expect(try office.store.bans() == [expected])
        let entry = try #require(try office.journal().last)
        #expect(entry.action == "ban.add")
        #expect(entry.subject == "203.0.113.7")
        #expect(entry.detail.contains(#""evidence":"guesses""#))
        #expect(office.notes.texts == ["203.0.113.7 was banned until \(expected.until) by root (uid 0)"])
    }

    @Test func `an IPv6 address stands for its network of 64 bits`() async throws {
        let office = try Office()
        try await office.run(request("2001:db8:1:2::9"))
        let ban = try await office.run(RemoveBan(source: "2001:db8:1:2::/64"))
        #expect(ban.source.description == "2001:db8:1:2::/64")
    }

    @Test func `remove lets a source in again, and it stays so`() async throws {
        let office = try Office()
        try await office.run(request())
        try await office.run(RemoveBan(source: "203.0.113.7"))
        #expect(try await office.run(ListBans()) == [])
        #expect(try office.store.bans().isEmpty)
        #expect(try office.journal().last?.action == "ban.remove")
    }

    @Test(arguments: [
        ("10.0.0.0/8", "x", 1, "'10.0.0.0/8' cannot be banned"), ("pbx.example", "x", 1, "'pbx.example' cannot"),
        ("203.0.113.7", " ", 1, "203.0.113.7 was not banned"), ("203.0.113.7", "x", 0, "203.0.113.7 was not banned"),
        ("203.0.113.7", "x", 2_209, "203.0.113.7 was not banned"), ("203.0.113.7", "x", .max, "203.0.113.7 was not"),
    ])
    func `no ban without one source, a reason and an end`(
        source: String,
        reason: String,
        hours: Int,
        problem: String
    ) async throws {
        let office = try Office()
        let refusal = try #require(await office.refusal(request(source, reason: reason, hours: hours)))
        #expect(refusal.control == .intrusionDetection)
        #expect(refusal.problem.hasPrefix(problem))
        #expect(try office.store.bans().isEmpty)
    }

    @Test func `an address with registered phones is not banned`() async throws {
        let office = try Office()
        office.engine.state.withLock { $0.protection = .phones(3) }
        let refusal = try #require(await office.refusal(request()))
        #expect(refusal.reason == "3 phones are registered from there")
        #expect(try office.store.bans().isEmpty)
    }

    @Test func `an auditor may look and not lift`() async throws {
        let office = try Office()
        try await office.run(request())
        _ = try await office.run(ListBans(), by: auditor)
        #expect(await office.refusal(RemoveBan(source: "203.0.113.7"), by: auditor) != nil)
        #expect(
            await office.refusal(RemoveBan(source: "203.0.113.8"))?.problem.hasPrefix("There is no ban") == true
        )
    }
}
