// SPDX-License-Identifier: Apache-2.0

import GRDB
import Model
import Primitives

/// Operators as rows.
enum OperatorTable {
    static func put(_ value: Operator, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO operators (account, user, role, since) VALUES (?, ?, ?, ?)
                ON CONFLICT (account) DO UPDATE SET user = excluded.user, role = excluded.role, since = excluded.since,
                    last_seen = iif(user = excluded.user, last_seen, NULL)
                """,
            arguments: [value.account, Int64(value.user), value.role.description, value.since.milliseconds]
        )
    }

    static func remove(_ account: String, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM operators WHERE account = ?", arguments: [account])
    }

    /// By account.
    static func list(_ database: Database) throws -> [Operator] {
        try Row.fetchAll(database, sql: "SELECT * FROM operators ORDER BY account").map { row in
            let (account, role): (String, String) = (row["account"], row["role"])
            guard let role = Role(parsing: role), let user = UInt32(exactly: row["user"] as Int64) else {
                throw StoreError.damaged("the operator '\(account)' cannot be read")
            }
            return Operator(account: account, user: user, role: role, since: WallTime(milliseconds: row["since"]))
        }
    }

    static func see(_ account: String, at now: WallTime, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE operators SET last_seen = ? WHERE account = ?",
            arguments: [now.milliseconds, account]
        )
    }

    static func lastSeen(_ database: Database) throws -> [String: WallTime] {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT account, last_seen FROM operators WHERE last_seen IS NOT NULL"
        )
        return Dictionary(rows.map { ($0["account"], WallTime(milliseconds: $0["last_seen"])) }) { $1 }
    }
}
