// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import GRDB
import Model
import Primitives

/// Ties security events to the journal: every batch that is written has a line there with a digest of its rows, and every
/// batch that made room has one too. So nobody can edit, remove or add an event without breaking the journal.
enum EventSeal {
    static let actor = "ringfence"
    static let batchAction = "event.batch"
    static let pruneAction = "event.prune"

    /// The rows that one line of the journal stands for.
    struct Batch: Hashable, Codable {
        let first: Int64
        let last: Int64
        let digest: String
    }

    /// What made room: everything up to this row.
    struct Pruned: Hashable, Codable {
        let through: Int64
    }

    static func draft(of batch: Batch) throws -> JournalDraft {
        JournalDraft(
            actor: actor,
            action: batchAction,
            subject: "\(batch.first)-\(batch.last)",
            detail: try json(batch)
        )
    }

    static func draft(of pruned: Pruned) throws -> JournalDraft {
        JournalDraft(actor: actor, action: pruneAction, subject: "\(pruned.through)", detail: try json(pruned))
    }

    /// The batch that an entry of the journal stands for; `nil` for other entries.
    static func batch(_ entry: JournalEntry) -> Batch? {
        guard entry.actor == actor, entry.action == batchAction else { return nil }
        return try? JSONDecoder().decode(Batch.self, from: Data(entry.detail.utf8))
    }

    static func pruned(_ entry: JournalEntry) -> Pruned? {
        guard entry.actor == actor, entry.action == pruneAction else { return nil }
        return try? JSONDecoder().decode(Pruned.self, from: Data(entry.detail.utf8))
    }

    /// SHA-256 over every column of the rows, each after its length, in hexadecimal. The journal's own key seals it.
    static func digest(_ database: Database, _ first: Int64, _ last: Int64) throws -> String {
        var digest = SHA256()
        func add(_ text: String) {
            withUnsafeBytes(of: UInt64(text.utf8.count).bigEndian) { digest.update(bufferPointer: $0) }
            digest.update(data: Array(text.utf8))
        }
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT * FROM security_events WHERE id BETWEEN ? AND ? ORDER BY id",
            arguments: [first, last]
        )
        while let row = try rows.next() {
            for column in ["id", "at", "kind", "control", "source", "subject", "detail", "count"] {
                add((row[column] as String?) ?? "-")
            }
        }
        return Hex.encode(digest.finalize())
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// Collects what the journal says of events while it is read, and compares it with the rows.
struct EventReview {
    private var batches: [(sequence: Int64, batch: EventSeal.Batch)] = []
    private var through: Int64 = 0

    mutating func read(_ entry: JournalEntry) {
        if let batch = EventSeal.batch(entry) { batches.append((entry.sequence, batch)) }
        if let pruned = EventSeal.pruned(entry) {
            through = max(through, pruned.through)
            batches.removeAll { $0.batch.last <= through }
        }
    }

    /// The entry whose events are not what was written, with what is wrong; `nil` when all are.
    func fault(in database: Database) throws -> (sequence: Int64, problem: String)? {
        for (sequence, batch) in batches where try EventSeal.digest(database, batch.first, batch.last) != batch.digest {
            return (sequence, "the security events \(batch.first) to \(batch.last) are not what was written")
        }
        guard let first = batches.first else { return nil }
        let sealed = batches.reduce(0) { $0 + $1.batch.last - $1.batch.first + 1 }
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
}
