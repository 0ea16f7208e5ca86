// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives

/// Passkeys of operators, as rows.
enum PasskeyTable {
    /// By owner and name.
    static func list(_ database: Database) throws -> [Passkey] {
        try Row.fetchAll(database, sql: "SELECT * FROM passkeys ORDER BY owner, name").map(passkey)
    }

    static func list(of owner: String, _ database: Database) throws -> [Passkey] {
        try Row.fetchAll(database, sql: "SELECT * FROM passkeys WHERE owner = ? ORDER BY name", arguments: [owner])
            .map(passkey)
    }

    static func passkey(_ id: [UInt8], _ database: Database) throws -> Passkey? {
        try Row.fetchOne(database, sql: "SELECT * FROM passkeys WHERE id = ?", arguments: [Data(id)]).map(passkey)
    }

    private static func passkey(_ row: Row) throws -> Passkey {
        let (id, key, counter): (Data, Data, Int64) = (row["id"], row["key"], row["counter"])
        let lastUsed: Int64? = row["last_used"]
        guard let name = ShortName(parsing: row["name"] as String), let counter = UInt32(exactly: counter) else {
            throw StoreError.damaged("a passkey cannot be read")
        }
        return Passkey(
            id: Array(id),
            owner: row["owner"],
            name: name,
            key: Array(key),
            counter: counter,
            since: WallTime(milliseconds: row["since"]),
            lastUsed: lastUsed.map(WallTime.init(milliseconds:))
        )
    }

    /// - Returns: `false` when the ID or the name is taken, when there are enough, or when their owner does not sign in.
    static func put(_ value: Passkey, atMost most: Int, _ database: Database) throws -> Bool {
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO passkeys (id, owner, name, key, counter, since)
                    SELECT ?, name, ?, ?, ?, ? FROM sign_ins WHERE name = ?
                        AND (SELECT count(*) FROM passkeys WHERE owner = ?) < ?
                """,
            arguments: [
                Data(value.id), value.name.text, Data(value.key), Int64(value.counter), value.since.milliseconds,
                value.owner, value.owner, most,
            ]
        )
        return database.changesCount == 1
    }

    /// - Returns: `false` when there is none any more, or its counter does not go on.
    static func use(
        _ id: [UInt8],
        of owner: String,
        counter: UInt32,
        at now: WallTime,
        _ database: Database
    ) throws -> Bool {
        try database.execute(
            sql: """
                UPDATE passkeys SET counter = ?, last_used = ?
                    WHERE id = ? AND owner = ? AND (counter < ? OR (counter = 0 AND ? = 0))
                """,
            arguments: [Int64(counter), now.milliseconds, Data(id), owner, Int64(counter), Int64(counter)]
        )
        return database.changesCount == 1
    }

    /// Somebody signs in with something else from now on.
    static func removeAll(of owner: String, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM passkeys WHERE owner = ?", arguments: [owner])
    }

    /// - Returns: `false` when there is none of that name.
    static func remove(_ name: ShortName, of owner: String, _ database: Database) throws -> Bool {
        try database.execute(
            sql: "DELETE FROM passkeys WHERE owner = ? AND name = ?",
            arguments: [owner, name.text]
        )
        return database.changesCount == 1
    }
}
