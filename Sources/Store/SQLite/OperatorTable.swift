// SPDX-License-Identifier: Apache-2.0

import GRDB
import Model
import Primitives

/// Operators as rows.
enum OperatorTable {
    static func put(_ value: Operator, _ database: Database) throws {
        try forgetSignIn(unlessOf: value, database)
        try database.execute(
            sql: """
                INSERT INTO operators (account, user, role, since) VALUES (?, ?, ?, ?)
                ON CONFLICT (account) DO UPDATE SET user = excluded.user, role = excluded.role, since = excluded.since,
                    last_seen = iif(user IS NULL OR user = excluded.user, last_seen, NULL)
                """,
            arguments: [value.account, value.user.map { Int64($0) }, value.role.description, value.since.milliseconds]
        )
    }

    /// Whoever gets the name with another account is somebody else, who does not know the password.
    private static func forgetSignIn(unlessOf value: Operator, _ database: Database) throws {
        for table in ["sign_ins", "recovery_codes", "invitations", "portal_sessions", "known_browsers"] {
            try database.execute(
                sql: """
                    DELETE FROM \(table) WHERE name = ? AND EXISTS
                        (SELECT 1 FROM operators WHERE account = ? AND user IS NOT NULL AND user IS NOT ?)
                    """,
                arguments: [value.account, value.account, value.user.map { Int64($0) }]
            )
        }
        try database.execute(
            sql: """
                DELETE FROM passkeys WHERE owner = ? AND EXISTS
                    (SELECT 1 FROM operators WHERE account = ? AND user IS NOT NULL AND user IS NOT ?)
                """,
            arguments: [value.account, value.account, value.user.map { Int64($0) }]
        )
    }

    static func remove(_ account: String, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM operators WHERE account = ?", arguments: [account])
    }

    /// By account.
    static func list(_ database: Database) throws -> [Operator] {
        try Row.fetchAll(database, sql: "SELECT * FROM operators ORDER BY account").map { row in
            let (account, role): (String, String) = (row["account"], row["role"])
            let number: Int64? = row["user"]
            let user = number.flatMap { UInt32(exactly: $0) }
            guard let role = Role(parsing: role), (user == nil) == (number == nil) else {
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
