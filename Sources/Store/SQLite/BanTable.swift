// SPDX-License-Identifier: Apache-2.0

import GRDB
import Model
import Primitives

/// Bans as rows, one for each source: those that hold, and those that ended lately, which make the next one longer.
enum BanTable {
    static func put(_ ban: Ban, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO bans (source, reason, evidence, since, until, repetition, actor)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        )
        try statement.execute(arguments: [
            ban.source.description, ban.reason.rawValue, clipped(ban.evidence), ban.since.milliseconds,
            ban.until.milliseconds, ban.repetition, ban.actor,
        ])
    }

    static func remove(_ source: BanSource, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM bans WHERE source = ?", arguments: [source.description])
    }

    /// Forgets what ended before then.
    static func prune(_ database: Database, endedBefore time: WallTime) throws {
        try database.execute(sql: "DELETE FROM bans WHERE until < ?", arguments: [time.milliseconds])
    }

    /// The latest end first.
    static func list(_ database: Database) throws -> [Ban] {
        try Row.fetchAll(database, sql: "SELECT * FROM bans ORDER BY until DESC, source").map { row in
            let (source, reason): (String, String) = (row["source"], row["reason"])
            guard let source = BanSource(parsing: source), let reason = Ban.Reason(rawValue: reason) else {
                throw StoreError.damaged("the ban of '\(source)' cannot be read")
            }
            return Ban(
                source: source,
                reason: reason,
                evidence: row["evidence"],
                since: WallTime(milliseconds: row["since"]),
                until: WallTime(milliseconds: row["until"]),
                repetition: row["repetition"],
                actor: row["actor"]
            )
        }
    }
}
