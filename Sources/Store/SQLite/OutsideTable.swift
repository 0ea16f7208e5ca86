// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives

/// What is arranged with the outside world, as rows: a kind, a key of its own within the kind, the value as JSON, and a sealed
/// secret where it has one.
enum OutsideTable {
    enum Kind: String {
        case trunk
        case number
        /// The key is its name.
        case route
        /// Of this and all that follow one row, whose key is empty.
        case callerNumbers = "caller-numbers"
        case dialing
        case spending
        case patterns
        case callLimits = "call-limits"
        case afterHours = "after-hours"
        case emergency
        case goLive = "go-live"
        case night
        case nightPhones = "night-phones"
        /// The key is the name of the group.
        case ringGroup = "ring-group"
        /// The key of these is the number of an extension; empty for the business.
        case forwards
        case blocks
        case speedDials = "speed-dials"
        /// The key is the number of an extension.
        case intercom
        case mailbox
        /// The key is the name of the menu.
        case menu
        /// The key is the name of the conference room.
        case room
        case parking
        case music
        /// The key is the name of the channel.
        case alertChannel = "alert-channel"
    }

    static func load(_ database: Database, _ seal: Seal) throws -> OutsideSettings {
        OutsideSettings(
            trunks: try rows(.trunk, database).map { try trunk($0, seal) },
            routes: try rows(.route, database).map { try value($0) },
            numbers: try rows(.number, database).map { try value($0) },
            callerNumbers: try one(.callerNumbers, database) ?? CallerNumbers(),
            dialing: try one(.dialing, database) ?? DialingSettings(),
            spending: try one(.spending, database) ?? SpendSettings(),
            rates: try RateTable.load(database),
            patterns: try one(.patterns, database) ?? PatternSettings(),
            callLimits: try one(.callLimits, database) ?? CallLimitSettings(),
            afterHours: try one(.afterHours, database) ?? AfterHoursSettings(),
            emergency: try one(.emergency, database) ?? EmergencySettings(),
            routing: try RoutingTable.load(database, seal),
            alerts: try ChannelTable.load(database, seal),
            goLive: try one(.goLive, database) ?? .open
        )
    }

    static func one<Value: Decodable>(_ kind: Kind, _ database: Database) throws -> Value? {
        try rows(kind, database).first.map { try value($0) }
    }

    static func rows(_ kind: Kind, _ database: Database) throws -> [Row] {
        try Row.fetchAll(database, sql: "SELECT * FROM outside WHERE kind = ?", arguments: [kind.rawValue])
    }

    static func apply(_ change: OutsideChange, _ database: Database, _ seal: Seal) throws {
        switch change {
        case .putTrunk(let access):
            let secret = try access.secret.map { try seal.lock($0, of: access.trunk.name) }
            try put(.trunk, access.trunk.name.text, access.trunk, secret, database)
        case .removeTrunk(let name): try remove(.trunk, name.text, database)
        case .putRoute(let route): try put(.route, route.name.text, route, nil, database)
        case .removeRoute(let name): try remove(.route, name.text, database)
        case .own(let number): try put(.number, number.number.text, number, nil, database)
        case .disown(let number): try remove(.number, number.text, database)
        case .showCallers(let numbers): try put(.callerNumbers, "", numbers, nil, database)
        case .dial(let settings): try put(.dialing, "", settings, nil, database)
        case .spend(let settings): try put(.spending, "", settings, nil, database)
        case .watch(let settings): try put(.patterns, "", settings, nil, database)
        case .limitCalls(let settings): try put(.callLimits, "", settings, nil, database)
        case .closeAfterHours(let settings): try put(.afterHours, "", settings, nil, database)
        case .help(let settings): try put(.emergency, "", settings, nil, database)
        case .goLive(let settings): try put(.goLive, "", settings, nil, database)
        case .rate(let change): try RateTable.apply(change, database)
        case .route(let change): try RoutingTable.apply(change, database, seal)
        case .alert(let change): try ChannelTable.apply(change, database, seal)
        }
    }

    static func put(
        _ kind: Kind,
        _ key: String,
        _ value: some Encodable,
        _ secret: [UInt8]? = nil,
        _ database: Database
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(value), as: UTF8.self)
        try database.execute(
            sql: """
                INSERT INTO outside (kind, key, value, secret) VALUES (?, ?, ?, ?)
                ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, secret = excluded.secret
                """,
            arguments: [kind.rawValue, key, text, secret.map { Data($0) }]
        )
    }

    static func remove(_ kind: Kind, _ key: String, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM outside WHERE kind = ? AND key = ?", arguments: [kind.rawValue, key])
    }

    static func value<Value: Decodable>(_ row: Row) throws -> Value {
        let (kind, key, text): (String, String, String) = (row["kind"], row["key"], row["value"])
        do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch {
            throw StoreError.damaged("the \(kind) '\(key)' cannot be read")
        }
    }

    private static func trunk(_ row: Row, _ seal: Seal) throws -> TrunkAccess {
        let trunk: Trunk = try value(row)
        let sealed: Data? = row["secret"]
        return TrunkAccess(trunk, secret: try sealed.map { try seal.open(Array($0), of: trunk.name) })
    }
}
