// SPDX-License-Identifier: Apache-2.0

import GRDB
import Model

/// How long what tells of people is kept: one row, or none where nobody changed it.
enum RetentionTable {
    static let schema = """
        CREATE TABLE retention (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            record_days INTEGER NOT NULL,
            message_days INTEGER NOT NULL,
            hold TEXT
        ) STRICT;
        """

    static func load(_ database: Database) throws -> RetentionSettings {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM retention") else { return RetentionSettings() }
        return RetentionSettings(recordDays: row["record_days"], messageDays: row["message_days"], hold: row["hold"])
    }

    static func keep(_ value: RetentionSettings, _ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO retention (id, record_days, message_days, hold) VALUES (1, ?, ?, ?)",
            arguments: [value.recordDays, value.messageDays, value.hold]
        )
    }
}
