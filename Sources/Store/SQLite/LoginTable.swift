// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives

/// Logins of phones as rows, one for each place that a phone logs in from.
enum LoginTable {
    /// Writes a login in place of the last one of the same phone from the same place. Of a phone that is no longer enrolled
    /// nothing is kept: it may have gone while the login waited.
    static func put(_ login: PhoneLogin, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO phone_logins (device, source, client, instance, at)
                SELECT id, ?, ?, ?, ? FROM devices WHERE id = ?
                """
        )
        try statement.execute(arguments: [
            login.source.description, Data(login.client), login.instance.map { Data($0) }, login.at.milliseconds,
            login.device.text,
        ])
        try forget(login.device, database)
    }

    /// Keeps the newest places of a phone.
    private static func forget(_ device: DeviceID, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                DELETE FROM phone_logins WHERE device = ?1 AND source NOT IN
                (SELECT source FROM phone_logins WHERE device = ?1 ORDER BY at DESC, source LIMIT ?2)
                """
        )
        try statement.execute(arguments: [device.text, Limits.loginsPerPhone])
    }

    /// The oldest first.
    static func list(_ database: Database) throws -> [PhoneLogin] {
        try Row.fetchAll(database, sql: "SELECT * FROM phone_logins ORDER BY at, device, source").map { row in
            let (device, source): (String, String) = (row["device"], row["source"])
            guard let id = DeviceID(parsing: device), let address = IPAddress(parsing: source) else {
                throw StoreError.damaged("the login of phone '\(device)' from '\(source)' cannot be read")
            }
            let (client, instance): (Data, Data?) = (row["client"], row["instance"])
            return PhoneLogin(
                device: id,
                source: address,
                client: Array(client),
                instance: instance.map { Array($0) },
                at: WallTime(milliseconds: row["at"])
            )
        }
    }
}
