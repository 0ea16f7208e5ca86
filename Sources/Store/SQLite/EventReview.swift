// SPDX-License-Identifier: Apache-2.0

import GRDB
import Model

/// Collects what the journal says of events while it is read, and compares it with the rows.
struct EventReview {
    private var batches: [(sequence: Int64, batch: EventSeal.Batch)] = []
    private var through: Int64 = 0
    /// The last row that a line stands for.
    private var last: Int64 = 0
    private var expectsMark = false

    mutating func read(_ entry: JournalEntry) {
        if let batch = EventSeal.batch(entry) {
            batches.append((entry.sequence, batch))
            last = batch.last
            if batch.chained == true { expectsMark = true }
        }
        if let pruned = EventSeal.pruned(entry) {
            through = max(through, pruned.through)
            batches.removeAll { $0.batch.last <= through }
        }
    }

    /// The entry whose events are not what was written, with what is wrong; `nil` when all are.
    ///
    /// - Parameter next: The entry that is not written yet, which would stand for the newest events.
    func fault(in database: Database, next: Int64, _ seal: Seal) throws -> (sequence: Int64, problem: String)? {
        for (sequence, batch) in batches where try !EventSeal.fits(batch, database) { return alarm(sequence, batch) }
        let open: OpenEvents?
        switch try OpenEvents.load(database, seal) {
        case .none: open = nil
        case .sound(let found): open = found
        case .forged: return (next, Self.noMark)
        }
        guard (open != nil) == expectsMark, open == nil || open?.first == last + 1 else { return (next, Self.noMark) }
        if let open, try !EventSeal.fits(open.batch, database) { return alarm(next, open.batch) }
        guard let first = batches.first ?? open.map({ (next, $0.batch) }) else { return nil }
        let sealed = batches.reduce(open?.count ?? 0) { $0 + $1.batch.last - $1.batch.first + 1 }
        let found = try Int64.fetchOne(
            database,
            sql: "SELECT count(*) FROM security_events WHERE id >= ?",
            arguments: [first.batch.first]
        )
        guard found == sealed else {
            return (first.sequence, "there are \(found ?? 0) security events where \(sealed) were written")
        }
        return nil
    }

    private static let noMark =
        "the mark of the newest security events is missing or was not written by this system"

    private func alarm(_ sequence: Int64, _ batch: EventSeal.Batch) -> (sequence: Int64, problem: String) {
        (sequence, "the security events \(batch.first) to \(batch.last) are not what was written")
    }
}
