// SPDX-License-Identifier: Apache-2.0

import GRDB
import Model
import Primitives

/// Security events and proofs as rows.
enum EventTable {
    static func insert(_ event: SecurityEvent, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO security_events (at, kind, control, source, subject, detail, count)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        )
        try statement.execute(arguments: [
            event.at.milliseconds, event.kind.rawValue, event.control, clipped(event.source),
            event.subject.map(clipped), clipped(event.detail), event.count,
        ])
    }

    /// Keeps the newest ones.
    static func prune(_ database: Database, keeping limit: Int = Limits.securityEvents) throws {
        try database.execute(
            sql: "DELETE FROM security_events WHERE id <= (SELECT max(id) FROM security_events) - ?",
            arguments: [limit]
        )
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
                control: row["control"],
                source: row["source"],
                subject: row["subject"],
                detail: row["detail"],
                count: row["count"]
            )
        }
    }
}
