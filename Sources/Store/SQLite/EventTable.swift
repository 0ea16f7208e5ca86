// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives

/// Security events and proofs as rows.
enum EventTable {
    /// Writes a batch.
    ///
    /// - Returns: What the journal is to say about it.
    static func insert(
        _ events: [SecurityEvent],
        _ database: Database,
        at now: WallTime,
        _ seal: Seal
    ) throws -> [JournalDraft] {
        guard !events.isEmpty else { return [] }
        let before = try lastID(database)
        for event in events { try insert(event, database) }
        return try cover(before + 1, try lastID(database), database, at: now, seal) + (try prune(database))
    }

    /// Adds the rows to those that wait for their line in the journal, and answers with the line when it is due. It is at once
    /// for the first rows: that there is a line says that there has to be a mark.
    private static func cover(
        _ first: Int64,
        _ last: Int64,
        _ database: Database,
        at now: WallTime,
        _ seal: Seal
    ) throws -> [JournalDraft] {
        var open: OpenEvents
        let isFirst: Bool
        switch try OpenEvents.load(database, seal) {
        case .sound(let found): (open, isFirst) = (found, false)
        case .none where try !hasMarked(database): (open, isFirst) = (OpenEvents(after: first - 1, since: now), true)
        case .none, .forged:
            // Who tampers with the mark is found for good. The rows get lines of their own, so that room can be made.
            let digest = try EventSeal.digest(database, first, last)
            return [try EventSeal.draft(of: .init(first: first, last: last, digest: digest))]
        }
        try open.extend(from: first, through: last, database)
        guard isFirst || open.isDue(at: now) else {
            try open.save(database, seal)
            return []
        }
        try OpenEvents(after: last, since: now).save(database, seal)
        return [try EventSeal.draft(of: open.batch)]
    }

    /// Whether there was a mark once. Asked only while there is none.
    private static func hasMarked(_ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql:
                "SELECT EXISTS (SELECT 1 FROM journal WHERE action = ? AND actor = ? AND detail LIKE '%\"chained\":true%')",
            arguments: [EventSeal.batchAction, EventSeal.actor]
        ) ?? false
    }

    /// Never used twice, even after rows were deleted: SQLite keeps the last one of an AUTOINCREMENT.
    private static func lastID(_ database: Database) throws -> Int64 {
        try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'security_events'") ?? 0
    }

    private static func insert(_ event: SecurityEvent, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO security_events (at, kind, control, source, subject, detail, count)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        )
        try statement.execute(arguments: [
            event.at.milliseconds, event.kind.rawValue, event.control.rawValue, clipped(event.source.description),
            event.subject.map { clipped($0.key) }, clipped(event.detail), event.count,
        ])
    }

    /// Keeps the newest ones. Room is made for many at a time, because each time is a line in the journal.
    ///
    /// - Returns: What the journal is to say about it.
    static func prune(_ database: Database, keeping limit: Int = Limits.securityEvents) throws -> [JournalDraft] {
        let last = try lastID(database)
        let first = try Int64.fetchOne(database, sql: "SELECT min(id) FROM security_events") ?? last
        guard last - first >= Int64(limit + limit / 10), let end = try batchEnd(database, before: last - Int64(limit))
        else { return [] }
        return try remove(through: end, database)
    }

    /// Removes what was noticed before then, as far as whole batches go.
    static func prune(_ database: Database, before time: WallTime) throws -> [JournalDraft] {
        let last = try Int64.fetchOne(
            database,
            sql: "SELECT max(id) FROM security_events WHERE at < ?",
            arguments: [time.milliseconds]
        )
        guard let last, let end = try batchEnd(database, before: last), try hasRows(database, through: end) else {
            return []
        }
        return try remove(through: end, database)
    }

    private static func hasRows(_ database: Database, through end: Int64) throws -> Bool {
        let sql = "SELECT EXISTS (SELECT 1 FROM security_events WHERE id <= ?)"
        return try Bool.fetchOne(database, sql: sql, arguments: [end]) ?? false
    }

    private static func remove(through end: Int64, _ database: Database) throws -> [JournalDraft] {
        try database.execute(sql: "DELETE FROM security_events WHERE id <= ?", arguments: [end])
        return [try EventSeal.draft(of: .init(through: end))]
    }

    /// The last row of the newest whole batch that ends there or before. Batches go as a whole, or no digest would fit.
    private static func batchEnd(_ database: Database, before id: Int64) throws -> Int64? {
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT detail FROM journal WHERE action = ? AND actor = ? ORDER BY sequence DESC",
            arguments: [EventSeal.batchAction, EventSeal.actor]
        )
        while let row = try rows.next() {
            let detail: String = row["detail"]
            guard let batch = try? JSONDecoder().decode(EventSeal.Batch.self, from: Data(detail.utf8)) else { continue }
            if batch.last <= id { return batch.last }
        }
        return nil
    }

    /// Newest first.
    static func list(_ database: Database, limit: Int) throws -> [SecurityEvent] {
        try Row.fetchAll(
            database,
            sql: "SELECT * FROM security_events ORDER BY id DESC LIMIT ?",
            arguments: [limit]
        ).map { row in
            let name: String = row["kind"]
            guard let kind = SecurityEventKind(rawValue: name) else {
                throw StoreError.damaged("'\(name)' is not a kind of security event")
            }
            return SecurityEvent(
                at: WallTime(milliseconds: row["at"]),
                kind: kind,
                source: EventSource(parsing: row["source"]),
                subject: (row["subject"] as String?).map(EventSubject.init(key:)),
                detail: row["detail"],
                count: row["count"]
            )
        }
    }
}
