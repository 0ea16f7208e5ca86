// SPDX-License-Identifier: Apache-2.0

import GRDB
import Model
import Primitives

/// The security events that no line of the journal stands for yet: which ones, and a digest of them, written with a key in one
/// transaction with the events. So strangers do not decide how many lines the journal has, and nobody without the key can
/// edit, remove or add such an event either.
struct OpenEvents: Hashable {
    /// What the database says of them.
    enum Mark: Hashable {
        /// Nothing: there was no event yet, or an older version wrote them.
        case none
        case sound(OpenEvents)
        /// Not written with our key. It is evidence and is not replaced.
        case forged
    }

    let first: Int64
    /// One less than the first while there are none.
    private(set) var last: Int64
    /// When the line of the journal was written that they follow.
    let since: WallTime
    private(set) var digest: String

    init(after last: Int64, since: WallTime) {
        (first, self.last, self.since, digest) = (last + 1, last, since, EventSeal.origin)
    }

    var count: Int64 { last - first + 1 }

    /// Counted both ways, because a clock may be set back.
    func isDue(at now: WallTime) -> Bool {
        let age = now.milliseconds - since.milliseconds
        return count >= Int64(Limits.eventsPerLine) || abs(age) >= Int64(Limits.secondsPerLine) * 1_000
    }

    /// Takes in the rows up to that one. Those before are not read again: who altered them is found by the digest.
    mutating func extend(from first: Int64, through last: Int64, _ database: Database) throws {
        digest = try EventSeal.chained(database, first, last, after: digest)
        self.last = last
    }

    var batch: EventSeal.Batch { .init(first: first, last: last, digest: digest, chained: true) }

    // MARK: The row

    static func load(_ database: Database, _ seal: Seal) throws -> Mark {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM open_events") else { return .none }
        let open = OpenEvents(row)
        return seal.isAuthentic(row["code"], of: open.text) ? .sound(open) : .forged
    }

    func save(_ database: Database, _ seal: Seal) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO open_events (id, first, last, since, digest, code) VALUES (1, ?, ?, ?, ?, ?)",
            arguments: [first, last, since.milliseconds, digest, seal.authenticate(text)]
        )
    }

    private init(_ row: Row) {
        (first, last, digest) = (row["first"], row["last"], row["digest"])
        since = WallTime(milliseconds: row["since"])
    }

    private var text: String { "ringfence open events 1\n\(first)\n\(last)\n\(since.milliseconds)\n\(digest)\n" }
}
