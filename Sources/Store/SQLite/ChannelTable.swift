// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives

/// The ways by which people are told, as rows of ``OutsideTable``, and whether each is known to lead to somebody.
enum ChannelTable {
    static func load(_ database: Database, _ seal: Seal) throws -> AlertSettings {
        AlertSettings(
            try OutsideTable.rows(.alertChannel, database).map { row in
                let channel: AlertChannel = try OutsideTable.value(row)
                let sealed: Data? = row["secret"]
                let secret = try sealed.map { try seal.open(Array($0), of: channel.name) }
                return AlertChannelAccess(channel, secret: secret)
            }
        )
    }

    static func apply(_ change: AlertChange, _ database: Database, _ seal: Seal) throws {
        switch change {
        case .put(let access):
            let name = access.channel.name
            let isNew = try !OutsideTable.rows(.alertChannel, database).contains { $0["key"] == name.text }
            if isNew { try forgetWaiting(for: name, database) }
            let secret = try access.secret.map { try seal.lock($0, of: name) }
            try OutsideTable.put(.alertChannel, name.text, access.channel, secret, database)
            try forgetStanding(of: name, database)
        case .hear(let choice, let name):
            guard let row = try OutsideTable.rows(.alertChannel, database).first(where: { $0["key"] == name.text })
            else { return }
            var channel: AlertChannel = try OutsideTable.value(row)
            channel.hears = choice
            let sealed: Data? = row["secret"]
            try OutsideTable.put(.alertChannel, name.text, channel, sealed.map { Array($0) }, database)
        case .remove(let name):
            try OutsideTable.remove(.alertChannel, name.text, database)
            try forgetStanding(of: name, database)
            try forgetWaiting(for: name, database)
        }
    }

    /// What waited for a channel of that name is nobody else's.
    private static func forgetWaiting(for name: ShortName, _ database: Database) throws {
        try database.execute(
            sql: "DELETE FROM alert_messages WHERE channel = ? AND ended_at IS NULL",
            arguments: [name.text]
        )
    }

    private static func forgetStanding(of name: ShortName, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM alert_channels WHERE name = ?", arguments: [name.text])
    }

    static func standings(_ database: Database) throws -> [ShortName: ChannelStanding] {
        var standings: [ShortName: ChannelStanding] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT * FROM alert_channels") {
            let (text, value): (String, String) = (row["name"], row["value"])
            guard let name = ShortName(parsing: text) else { throw StoreError.damaged("'\(text)' is no channel") }
            standings[name] = try AlertRows.decode(value, "how channel \(name) stands")
        }
        return standings
    }

    static func put(_ standing: ChannelStanding, of name: ShortName, _ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO alert_channels (name, value) VALUES (?, ?)",
            arguments: [name.text, try AlertRows.encode(standing)]
        )
    }
}
