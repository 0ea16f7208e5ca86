// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives

/// Settings as rows.
enum SettingsTable {
    static func load(_ database: Database, _ seal: Seal) throws -> Snapshot {
        guard let business = try Row.fetchOne(database, sql: "SELECT * FROM business"),
            let domain = DomainName(parsing: business["domain"] as String),
            let id = BusinessID(parsing: business["identifier"] as String)
        else { throw StoreError.damaged("there is no business in it") }
        let extensions = try Row.fetchAll(database, sql: "SELECT * FROM extensions").map(extensionOf)
        let devices = try Row.fetchAll(database, sql: "SELECT * FROM devices").map { try device($0, seal) }
        let exceptions = try Row.fetchAll(database, sql: "SELECT * FROM listener_exceptions").map(exception)
        return Snapshot(
            generation: UInt64(bitPattern: business["generation"] as Int64),
            business: id,
            domain: domain,
            extensions: extensions,
            devices: devices,
            exceptions: exceptions,
            operators: try OperatorTable.list(database),
            network: try NetworkTable.load(database),
            hours: try hours(business),
            outside: try OutsideTable.load(database, seal),
            backups: try BackupTable.load(database, seal),
            tokens: try TokenTable.list(database),
            retention: try RetentionTable.load(database)
        )
    }

    /// The next generation, or an error when another process has changed the settings in between.
    static func advance(_ database: Database, from generation: UInt64) throws {
        try database.execute(
            sql: "UPDATE business SET generation = generation + 1 WHERE generation = ?",
            arguments: [Int64(bitPattern: generation)]
        )
        guard database.changesCount == 1 else {
            throw StoreError.damaged("the settings were changed by another process")
        }
    }

    static func apply(_ change: Change, _ database: Database, _ seal: Seal) throws {
        switch change {
        case .put(let value): try put(value, database)
        case .remove(let number):
            try database.execute(sql: "DELETE FROM devices WHERE number = ?", arguments: [number.text])
            try database.execute(sql: "DELETE FROM extensions WHERE number = ?", arguments: [number.text])
        case .enrol(let device): try enrol(device, database, seal)
        case .revoke(let id): try database.execute(sql: "DELETE FROM devices WHERE id = ?", arguments: [id.text])
        case .except(let value):
            try database.execute(
                sql: "INSERT INTO listener_exceptions (transport, address, reason, until) VALUES (?, ?, ?, ?)",
                arguments: [value.transport.rawValue, value.address, value.reason, value.until.milliseconds]
            )
        case .withdraw(let transport, let address):
            try database.execute(
                sql: "DELETE FROM listener_exceptions WHERE transport = ? AND address = ?",
                arguments: [transport.rawValue, address]
            )
        case .appoint(let value): try OperatorTable.put(value, database)
        case .dismiss(let account): try OperatorTable.remove(account, database)
        case .addSite(let site): try NetworkTable.add(site, to: "sites", database)
        case .removeSite(let site): try NetworkTable.remove(site, from: "sites", database)
        case .addOrigin(let origin): try NetworkTable.add(origin, to: "web_origins", database)
        case .removeOrigin(let origin): try NetworkTable.remove(origin, from: "web_origins", database)
        case .listen(let listener): try NetworkTable.add(listener, to: "sip_listeners", database)
        case .stopListening(let listener): try NetworkTable.remove(listener, from: "sip_listeners", database)
        case .receiveMedia(let ports): try NetworkTable.replace("media_ports", with: ports, database)
        case .servePortal(let places): try NetworkTable.replace("portal_listeners", with: places, database)
        case .admit(let networks): try NetworkTable.replace("admin_networks", with: networks, database)
        case .keepHours(let hours):
            try database.execute(sql: "UPDATE business SET hours = ?", arguments: [hours?.description])
        case .outside(let change): try OutsideTable.apply(change, database, seal)
        case .keepBackups(let value): try BackupTable.keep(value, database, seal)
        case .retain(let value): try RetentionTable.keep(value, database)
        case .issue(let token): try TokenTable.put(token, database)
        case .recall(let name): try TokenTable.remove(name, database)
        case .trustClients(let authority): try NetworkTable.trustClients(of: authority, database)
        }
    }

    private static func put(_ value: Extension, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO extensions (number, name, is_enabled, created_at, pickup_group, forwarding, reservation)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (number) DO UPDATE SET name = excluded.name, is_enabled = excluded.is_enabled,
                    pickup_group = excluded.pickup_group, forwarding = excluded.forwarding,
                    reservation = excluded.reservation
                """
        )
        try statement.execute(
            arguments: [
                value.number.text, value.name, value.isEnabled, value.createdAt.milliseconds, value.pickupGroup?.text,
                value.forwarding.rawValue, try value.reservation.map(JournalDraft.json),
            ]
        )
    }

    private static func enrol(_ device: Device, _ database: Database, _ seal: Seal) throws {
        let hashes = try DigestStrength.allCases.map { try seal.lock(device.hashes[$0], of: device.id, $0) }
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO devices
                    (id, number, username, ha1_md5, ha1_sha256, ha1_sha512256, minimum, label, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        let identity: StatementArguments = [device.id.text, device.number.text, device.username]
        let rest: StatementArguments = [device.minimum.rawValue, device.label, device.createdAt.milliseconds]
        try statement.execute(arguments: identity + StatementArguments(hashes.map { Data($0) }) + rest)
    }

    private static func extensionOf(_ row: Row) throws -> Extension {
        let (text, policy): (String, String) = (row["number"], row["forwarding"])
        guard let number = ExtensionNumber(parsing: text) else {
            throw StoreError.damaged("'\(text)' is not an extension number")
        }
        guard let forwarding = ForwardingPolicy(rawValue: policy) else {
            throw StoreError.damaged("'\(policy)' does not say where extension \(number) may forward its calls to")
        }
        return Extension(
            number: number,
            name: row["name"],
            isEnabled: row["is_enabled"],
            pickupGroup: (row["pickup_group"] as String?).flatMap { PickupGroup(parsing: $0) },
            forwarding: forwarding,
            reservation: try reservation(row["reservation"], of: number),
            createdAt: WallTime(milliseconds: row["created_at"])
        )
    }

    private static func reservation(_ text: String?, of number: ExtensionNumber) throws -> Reservation? {
        guard let text else { return nil }
        guard let value = try? JSONDecoder().decode(Reservation.self, from: Data(text.utf8)) else {
            throw StoreError.damaged("why extension \(number) is kept cannot be read")
        }
        return value
    }

    private static func device(_ row: Row, _ seal: Seal) throws -> Device {
        let (text, numberText, strength): (String, String, String) = (row["id"], row["number"], row["minimum"])
        guard let id = DeviceID(parsing: text), let number = ExtensionNumber(parsing: numberText),
            let minimum = DigestStrength(rawValue: strength)
        else { throw StoreError.damaged("phone '\(text)' cannot be read") }
        let hash = { (column: String, algorithm: DigestStrength) throws(StoreError) in
            let sealed: Data = row[column]
            return try seal.open(Array(sealed), of: id, algorithm)
        }
        return Device(
            id: id,
            extension: number,
            username: row["username"],
            hashes: DigestHashes(
                md5: try hash("ha1_md5", .md5),
                sha256: try hash("ha1_sha256", .sha256),
                sha512256: try hash("ha1_sha512256", .sha512256)
            ),
            minimum: minimum,
            label: row["label"],
            createdAt: WallTime(milliseconds: row["created_at"])
        )
    }

    private static func hours(_ business: Row) throws -> OpeningHours? {
        guard let text = business["hours"] as String? else { return nil }
        guard let hours = OpeningHours(parsing: text) else { throw StoreError.damaged("'\(text)' are no hours") }
        return hours
    }

    private static func exception(_ row: Row) throws -> ListenerException {
        let name: String = row["transport"]
        guard let transport = ListenerException.Transport(rawValue: name) else {
            throw StoreError.damaged("'\(name)' is not a transport")
        }
        return ListenerException(
            transport: transport,
            address: row["address"],
            reason: row["reason"],
            until: WallTime(milliseconds: row["until"])
        )
    }
}
