// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives

/// Tokens of programs, as rows.
enum TokenTable {
    static func list(_ database: Database) throws -> [APIToken] {
        try Row.fetchAll(database, sql: "SELECT * FROM api_tokens ORDER BY name").map { row in
            let (hash, role, commands): (Data, String, String) = (row["hash"], row["role"], row["commands"])
            guard let name = ShortName(parsing: row["name"] as String), let role = Role(parsing: role) else {
                throw StoreError.damaged("a token of a program cannot be read")
            }
            return APIToken(
                name: name,
                hash: Array(hash),
                role: role,
                commands: commands.split(separator: " ").map(String.init),
                issuedBy: row["issued_by"],
                since: WallTime(milliseconds: row["since"]),
                until: WallTime(milliseconds: row["until"])
            )
        }
    }

    static func put(_ token: APIToken, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO api_tokens (name, hash, role, commands, issued_by, since, until) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                token.name.text, Data(token.hash), token.role.description, token.commands.joined(separator: " "),
                token.issuedBy, token.since.milliseconds, token.until.milliseconds,
            ]
        )
    }

    static func remove(_ name: ShortName, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM api_tokens WHERE name = ?", arguments: [name.text])
    }
}
