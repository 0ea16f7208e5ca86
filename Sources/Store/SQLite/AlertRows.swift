// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives

/// What people were told, and the messages that say it, as rows.
enum AlertRows {
    static func insert(_ item: AlertMessage.Item, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO alerts (at, code, value) VALUES (?, ?, ?)",
            arguments: [item.at.milliseconds, item.finding.code.rawValue, try encode(item)]
        )
    }

    static func put(_ message: AlertMessage, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO alert_messages (id, channel, created_at, ended_at, value) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at, value = excluded.value
                """,
            arguments: [
                message.id, message.channel.text, message.createdAt.milliseconds, message.endedAt?.milliseconds,
                try encode(message),
            ]
        )
    }

    /// Newest first.
    static func list(_ database: Database, limit: Int) throws -> [AlertMessage.Item] {
        try String.fetchAll(database, sql: "SELECT value FROM alerts ORDER BY id DESC LIMIT ?", arguments: [limit])
            .map { try decode($0, "an alert") }
    }

    static func messages(_ database: Database, endedSince time: WallTime) throws -> [AlertMessage] {
        try String.fetchAll(
            database,
            sql: "SELECT value FROM alert_messages WHERE ended_at IS NULL OR ended_at >= ? ORDER BY created_at",
            arguments: [time.milliseconds]
        ).map { try decode($0, "a message of an alert") }
    }

    static func prune(_ database: Database, at now: WallTime) throws {
        let names = try OutsideTable.rows(.alertChannel, database).map { row -> String in row["key"] }
        let marks = names.isEmpty ? "''" : databaseQuestionMarks(count: names.count)
        try database.execute(
            sql: "DELETE FROM alert_messages WHERE ended_at IS NULL AND channel NOT IN (\(marks))",
            arguments: StatementArguments(names)
        )
        try database.execute(
            sql: "DELETE FROM alert_messages WHERE ended_at < ?",
            arguments: [(now + .seconds(-Limits.rememberedMessages)).milliseconds]
        )
        try database.execute(
            sql: "DELETE FROM alerts WHERE at < ? OR id <= (SELECT max(id) FROM alerts) - ?",
            arguments: [(now + .seconds(-Limits.rememberedAlerts)).milliseconds, Limits.keptAlerts]
        )
    }

    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decode<Value: Decodable>(_ text: String, _ what: String) throws -> Value {
        do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch {
            throw StoreError.damaged("\(what) cannot be read")
        }
    }
}
