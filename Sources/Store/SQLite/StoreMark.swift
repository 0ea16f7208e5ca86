// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Whether a server has the database open, and where its record log is. It is in the database file itself while one has, so a
/// copy that was taken meanwhile says that it was.
struct StoreMark: Hashable {
    var isOpen: Bool
    /// Empty for the log in the folder of the business.
    var log: String

    static func load(_ database: Database) throws -> StoreMark? {
        try Row.fetchOne(database, sql: "SELECT is_open, log FROM store_mark").map {
            StoreMark(isOpen: $0["is_open"], log: $0["log"])
        }
    }

    func save(_ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO store_mark (id, is_open, log) VALUES (1, ?, ?)",
            arguments: [isOpen, log]
        )
    }
}
