// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import GRDB
import Model
import Primitives

/// Ties security events to the journal: a line there has a digest of the rows that were written since the line before, at most
/// one an hour unless there are very many, and every batch that made room has one too. ``OpenEvents`` covers the rows that wait
/// for their line. So nobody can edit, remove or add an event without breaking the journal.
enum EventSeal {
    static let actor = JournalDraft.system
    static let batchAction = "event.batch"
    static let pruneAction = "event.prune"

    /// The rows that one line of the journal stands for.
    struct Batch: Hashable, Codable {
        let first: Int64
        let last: Int64
        let digest: String
        /// Whether the digest was made row by row. From the first such line on there is a mark of the rows after the last.
        var chained: Bool?
    }

    /// What the first row's digest follows.
    static let origin = ""

    /// What made room: everything up to this row.
    struct Pruned: Hashable, Codable {
        let through: Int64
    }

    static func draft(of batch: Batch) throws -> JournalDraft {
        try JournalDraft(action: batchAction, subject: "\(batch.first)-\(batch.last)", values: batch)
    }

    static func draft(of pruned: Pruned) throws -> JournalDraft {
        try JournalDraft(action: pruneAction, subject: "\(pruned.through)", values: pruned)
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
        let rows = try rows(database, first, last)
        while let row = try rows.next() { add(row, to: &digest) }
        return Hex.encode(digest.finalize())
    }

    /// The same row by row, each digest over the one before: it goes on without reading what it stands for again.
    static func chained(
        _ database: Database,
        _ first: Int64,
        _ last: Int64,
        after previous: String = origin
    ) throws -> String {
        var previous = previous
        let rows = try rows(database, first, last)
        while let row = try rows.next() {
            var digest = SHA256()
            add(previous, to: &digest)
            add(row, to: &digest)
            previous = Hex.encode(digest.finalize())
        }
        return previous
    }

    /// Whether the rows are those that a line was written for.
    static func fits(_ batch: Batch, _ database: Database) throws -> Bool {
        batch.chained == true
            ? try chained(database, batch.first, batch.last) == batch.digest
            : try digest(database, batch.first, batch.last) == batch.digest
    }

    private static func rows(_ database: Database, _ first: Int64, _ last: Int64) throws -> RowCursor {
        try Row.fetchCursor(
            database,
            sql: "SELECT * FROM security_events WHERE id BETWEEN ? AND ? ORDER BY id",
            arguments: [first, last]
        )
    }

    private static func add(_ row: Row, to digest: inout SHA256) {
        for column in ["id", "at", "kind", "control", "source", "subject", "detail", "count"] {
            add((row[column] as String?) ?? "-", to: &digest)
        }
    }

    private static func add(_ text: String, to digest: inout SHA256) {
        withUnsafeBytes(of: UInt64(text.utf8.count).bigEndian) { digest.update(bufferPointer: $0) }
        digest.update(data: Array(text.utf8))
    }
}
