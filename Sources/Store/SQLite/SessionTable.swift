// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives

/// Browsers in which operators are signed in, as rows.
enum SessionTable {
    static func put(_ value: PortalSession, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO portal_sessions
                    (token, id, name, role, since, last_seen, proven_at, source, agent)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                Data(value.token), value.id, value.name, value.role.description, value.since.milliseconds,
                value.lastSeen.milliseconds, value.provenAt.milliseconds, value.source.description, value.agent,
            ]
        )
        // Whoever signs in again and again ends their oldest sessions.
        try database.execute(
            sql: """
                DELETE FROM portal_sessions WHERE name = ? AND token NOT IN
                    (SELECT token FROM portal_sessions WHERE name = ? ORDER BY last_seen DESC, since DESC LIMIT ?)
                """,
            arguments: [value.name, value.name, Limits.sessionsPerOperator]
        )
    }

    static func session(_ token: [UInt8], _ database: Database) throws -> PortalSession? {
        try Row.fetchOne(
            database,
            sql: "SELECT * FROM portal_sessions WHERE token = ?",
            arguments: [Data(token)]
        ).map(session)
    }

    static func list(_ database: Database) throws -> [PortalSession] {
        try Row.fetchAll(database, sql: "SELECT * FROM portal_sessions ORDER BY since DESC").map(session)
    }

    static func note(_ value: PortalSession, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE portal_sessions SET last_seen = ?, proven_at = ? WHERE token = ?",
            arguments: [value.lastSeen.milliseconds, value.provenAt.milliseconds, Data(value.token)]
        )
    }

    static func remove(token: [UInt8], _ database: Database) throws {
        try database.execute(sql: "DELETE FROM portal_sessions WHERE token = ?", arguments: [Data(token)])
    }

    static func remove(_ ids: [String], _ database: Database) throws {
        for id in ids { try database.execute(sql: "DELETE FROM portal_sessions WHERE id = ?", arguments: [id]) }
    }

    static func prune(before oldest: WallTime, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM portal_sessions WHERE since < ?", arguments: [oldest.milliseconds])
    }

    private static func session(_ row: Row) throws -> PortalSession {
        let (token, role): (Data, String) = (row["token"], row["role"])
        guard let role = Role(parsing: role) else { throw StoreError.damaged("a session of the portal cannot be read") }
        var value = PortalSession(
            id: row["id"],
            token: Array(token),
            name: row["name"],
            role: role,
            since: WallTime(milliseconds: row["since"]),
            source: EventSource(parsing: row["source"]),
            agent: row["agent"]
        )
        value.lastSeen = WallTime(milliseconds: row["last_seen"])
        value.provenAt = WallTime(milliseconds: row["proven_at"])
        return value
    }
}
