// SPDX-License-Identifier: Apache-2.0

import GRDB
import Model
import Primitives

/// Where a business is reached, as rows. The order in which they were written is the order of the settings.
enum NetworkTable {
    static func load(_ database: Database) throws -> NetworkSettings {
        NetworkSettings(
            listeners: try list("sip_listeners", database) { EncryptedListener(parsing: $0) },
            media: try list("media_ports", database) { MediaPorts(parsing: $0) },
            sites: try list("sites", database) { IPPrefix(parsing: $0) },
            origins: try list("web_origins", database) { WebOrigin(parsing: $0) },
            clientAuthority: try String.fetchOne(database, sql: "SELECT client_authority FROM business"),
            portal: try list("portal_listeners", database) { SocketAddress(parsing: $0) },
            admins: try list("admin_networks", database) { IPPrefix(parsing: $0) }
        )
    }

    static func add(_ value: some CustomStringConvertible, to table: String, _ database: Database) throws {
        try database.execute(sql: "INSERT INTO \(table) (value) VALUES (?)", arguments: [value.description])
    }

    static func remove(_ value: some CustomStringConvertible, from table: String, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM \(table) WHERE value = ?", arguments: [value.description])
    }

    static func replace(
        _ table: String,
        with values: [some CustomStringConvertible],
        _ database: Database
    ) throws {
        try database.execute(sql: "DELETE FROM \(table)")
        for value in values { try add(value, to: table, database) }
    }

    static func trustClients(of authority: String?, _ database: Database) throws {
        try database.execute(sql: "UPDATE business SET client_authority = ?", arguments: [authority])
    }

    private static func list<Value>(
        _ table: String,
        _ database: Database,
        _ parse: (String) -> Value?
    ) throws -> [Value] {
        try String.fetchAll(database, sql: "SELECT value FROM \(table) ORDER BY id").map { text in
            guard let value = parse(text) else { throw StoreError.damaged("'\(text)' in \(table) cannot be read") }
            return value
        }
    }
}
