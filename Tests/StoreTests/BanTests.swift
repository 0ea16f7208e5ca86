// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import Store
import Testing

@Suite("Control intrusion-detection: bans on the disk")
struct BanTests {
    private func ban(_ source: String, hours: Int = 1, repetition: Int = 1) throws -> Ban {
        Ban(
            source: try #require(BanSource(parsing: source)),
            reason: .guessing,
            evidence: "5 wrong passwords for the account 'a\"; DROP TABLE bans; --'",
            since: noon,
            until: noon + .seconds(hours * 3_600),
            repetition: repetition
        )
    }

    private func draft(_ action: String, _ ban: Ban) -> JournalDraft {
        JournalDraft(actor: ban.actor, action: action, subject: ban.source.description)
    }

    private func keep(_ ban: Ban, in store: RingfenceStore, at time: WallTime = noon) throws {
        try store.keep(ban, journal: draft("ban.impose", ban), at: time)
    }

    @Test func `a ban survives a restart, word for word, with its line in the journal`() throws {
        let place = Place()
        let bans = [try ban("203.0.113.7", hours: 2, repetition: 3), try ban("2001:db8:1:2::9")]
        do {
            let store = try place.create()
            for ban in bans { try keep(ban, in: store) }
        }
        let store = try place.open()
        #expect(try store.bans() == bans)
        #expect(try store.journal().suffix(2).map(\.subject) == ["203.0.113.7", "2001:db8:1:2::/64"])
        #expect(try store.verifyJournal().isIntact)
    }

    @Test func `a source has one ban, the last one`() throws {
        let store = try Place().create()
        try keep(try ban("203.0.113.7"), in: store)
        let second = try ban("203.0.113.7", hours: 5, repetition: 2)
        try keep(second, in: store)
        #expect(try store.bans() == [second])
    }

    @Test func `what is lifted does not come back`() throws {
        let place = Place()
        do {
            let store = try place.create()
            let ban = try ban("203.0.113.7")
            try keep(ban, in: store)
            try store.lift(ban.source, journal: draft("ban.remove", ban), at: noon)
        }
        let store = try place.open()
        #expect(try store.bans().isEmpty)
        #expect(try store.journal().last?.action == "ban.remove")
    }

    @Test func `a ban is forgotten a week after its end`() throws {
        let store = try Place().create()
        try keep(try ban("203.0.113.7", hours: 1), in: store)
        let newer = try ban("203.0.113.8", hours: 1_000)
        try keep(newer, in: store, at: noon + .seconds(7 * 86_400))
        try store.pruneBans(at: noon + .seconds(7 * 86_400))
        #expect(try store.bans().count == 2)
        try store.pruneBans(at: noon + .seconds(8 * 86_400))
        #expect(try store.bans() == [newer])
    }
}
