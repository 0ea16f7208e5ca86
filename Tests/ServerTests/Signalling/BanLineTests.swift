// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Primitives
import Store
import Testing

@testable import Server

@Suite("Control journal: bans of the system")
struct BanLineTests {
    private static let begin = WallTime(milliseconds: 1_800_000_000_000)

    private func ban(_ number: Int, at second: Int) throws -> Ban {
        let since = Self.begin + .seconds(second)
        return Ban(
            source: try #require(BanSource(parsing: "198.51.\(number / 250).\(number % 250 + 1)")),
            reason: .flooding,
            evidence: "a flood",
            since: since,
            until: since + .seconds(900)
        )
    }

    private func open() throws -> (store: RingfenceStore, remove: () -> Void) {
        let path = NSTemporaryDirectory() + "ringfence-ban-lines-\(UUID().uuidString)"
        let domain = try #require(DomainName(parsing: "pbx.example"))
        let store = try RingfenceStore.create(directory: path, domain: domain, by: "test", at: Self.begin)
        return (store, { try? FileManager.default.removeItem(atPath: path) })
    }

    @Test func `a thousand bans in an hour are thirteen lines, and all of them hold after a restart`() async throws {
        let (store, remove) = try open()
        defer { remove() }
        let keeper = BanKeeper(store: store, logger: .silent)
        for number in 0..<1_000 { keeper.keep(.banned(try ban(number, at: number))) }
        // An operator's is always a line of its own.
        let own = try ban(2_000, at: 1_000)
        let draft = JournalDraft(actor: "root (uid 0)", action: "ban.add", subject: own.source.description)
        await keeper.settle()
        try store.keep(own, journal: draft, at: own.since)
        await keeper.finish()
        #expect(try store.bans().count == 1_001)
        let lines = try store.journal().dropFirst()
        #expect(lines.count == 14)
        #expect(lines.prefix(12).allSatisfy { $0.action == "ban.impose" && $0.detail.contains("a flood") })
        #expect(lines.dropFirst(12).first?.action == "ban.add")
        let summary = try #require(lines.last)
        #expect((summary.actor, summary.action, summary.subject) == ("ringfence", "ban.impose", "988 more"))
        #expect(summary.detail.hasPrefix(#"{"count":988,"sources":["198.51.0.13","198.51.0.14""#))
        #expect(summary.detail.utf8.count < 10_000)
        #expect(try store.verifyJournal().isIntact)
    }

    @Test func `the next hour has lines of its own, after one that sums up the hour before`() throws {
        var lines = BanLines()
        for number in 0..<20 { #expect(try lines.take(ban(number, at: number)).summary == nil) }
        #expect(try lines.take(ban(20, at: 3_599)).own == nil)
        let next = try lines.take(ban(21, at: 3_600))
        #expect(next.summary?.subject == "9 more")
        #expect(next.own?.subject == "198.51.0.22")
        #expect(lines.summary() == nil)
    }

    @Test func `a clock that is set back does not silence the journal`() throws {
        var lines = BanLines()
        for number in 0..<20 { _ = try lines.take(ban(number, at: number)) }
        #expect(try lines.take(ban(20, at: -7_200)).own != nil)
    }
}
