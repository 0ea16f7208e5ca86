// SPDX-License-Identifier: Apache-2.0

import GRDB
import Model
import Primitives

/// When extensions were last used, as rows.
enum UseTable {
    /// Takes note of the extensions that called, took a call or sent one on, and of those whose phones registered.
    static func note(_ records: [CallRecord], _ logins: [PhoneLogin], _ database: Database) throws {
        var latest: [ExtensionNumber: WallTime] = [:]
        for record in records {
            for number in record.users { latest[number] = max(latest[number] ?? record.startedAt, record.startedAt) }
        }
        for (number, time) in latest { try note(number, at: time, database) }
        let statement = try database.cachedStatement(sql: byDevice)
        for login in logins { try statement.execute(arguments: [login.at.milliseconds, login.device.text]) }
    }

    static func note(_ number: ExtensionNumber, at time: WallTime, _ database: Database) throws {
        let statement = try database.cachedStatement(sql: byNumber)
        try statement.execute(arguments: [time.milliseconds, number.text])
    }

    private static let byNumber = insert(from: "extensions", where: "number = ?2")
    private static let byDevice = insert(from: "devices JOIN extensions USING (number)", where: "devices.id = ?2")

    /// Of an extension that is gone nothing is kept, nor of the one that had its number before.
    private static func insert(from source: String, where condition: String) -> String {
        """
        INSERT INTO extension_uses (number, used_at)
        SELECT number, ?1 FROM \(source) WHERE \(condition) AND extensions.created_at <= ?1
        ON CONFLICT (number) DO UPDATE SET used_at = excluded.used_at, told_at = NULL
        WHERE used_at IS NULL OR excluded.used_at >= used_at + \(Limits.useGrain)
        """
    }

    /// No use lies ahead.
    static func settle(at now: WallTime, _ database: Database) throws {
        try database.execute(
            sql: """
                UPDATE extension_uses SET used_at = min(used_at, ?1), counted_from = min(counted_from, ?1),
                    told_at = min(told_at, ?1)
                WHERE max(coalesce(used_at, 0), coalesce(counted_from, 0), coalesce(told_at, 0)) > ?1
                """,
            arguments: [now.milliseconds]
        )
    }

    static func count(_ number: ExtensionNumber, from now: WallTime, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO extension_uses (number, counted_from) SELECT number, ?1 FROM extensions WHERE number = ?2
                ON CONFLICT (number) DO UPDATE SET counted_from = excluded.counted_from, told_at = NULL
                """,
            arguments: [now.milliseconds, number.text]
        )
    }

    static func told(_ number: ExtensionNumber, at now: WallTime, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO extension_uses (number, told_at) SELECT number, ?1 FROM extensions WHERE number = ?2
                ON CONFLICT (number) DO UPDATE SET told_at = excluded.told_at
                """,
            arguments: [now.milliseconds, number.text]
        )
    }

    static func all(_ database: Database) throws -> [ExtensionNumber: ExtensionUse] {
        var uses: [ExtensionNumber: ExtensionUse] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT * FROM extension_uses") {
            guard let number = ExtensionNumber(parsing: row["number"] as String) else { continue }
            uses[number] = ExtensionUse(
                usedAt: (row["used_at"] as Int64?).map(WallTime.init),
                countedFrom: (row["counted_from"] as Int64?).map(WallTime.init),
                toldAt: (row["told_at"] as Int64?).map(WallTime.init)
            )
        }
        return uses
    }
}

extension CallRecord {
    /// The extensions that are in use because of it: a phone of theirs called, took the call, or sent it on. One that only
    /// rings is not.
    fileprivate var users: [ExtensionNumber] {
        let caller = callerDevice == nil ? nil : caller.number
        let callee = answeredAt == nil ? nil : callee?.number
        return [caller, callee].compactMap(\.self) + forwardedBy
    }
}
