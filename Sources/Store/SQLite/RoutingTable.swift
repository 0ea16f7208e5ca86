// SPDX-License-Identifier: Apache-2.0

import GRDB
import Model

/// Which way calls take inside, as rows of ``OutsideTable``.
enum RoutingTable {
    static func load(_ database: Database) throws -> RoutingSettings {
        var changes: [RoutingChange] = try OutsideTable.rows(.ringGroup, database).map {
            .putGroup(try OutsideTable.value($0))
        }
        for row in try OutsideTable.rows(.forwards, database) {
            changes.append(.forward(try number(row), try OutsideTable.value(row)))
        }
        for row in try OutsideTable.rows(.blocks, database) {
            let isOfAll: Bool = row["key"] == ""
            changes.append(.block(try OutsideTable.value(row), of: isOfAll ? nil : try number(row)))
        }
        if let mode: NightMode = try OutsideTable.one(.night, database) { changes.append(.switchNight(mode)) }
        if let phones: Set<ExtensionNumber> = try OutsideTable.one(.nightPhones, database) {
            changes.append(.letSwitchNight(phones))
        }
        return RoutingSettings(changes)
    }

    private static func number(_ row: Row) throws -> ExtensionNumber {
        let key: String = row["key"]
        guard let number = ExtensionNumber(parsing: key) else {
            throw StoreError.damaged("'\(key)' is no extension whose calls go elsewhere")
        }
        return number
    }

    static func apply(_ change: RoutingChange, _ database: Database) throws {
        switch change {
        case .putGroup(let group): try OutsideTable.put(.ringGroup, group.name.text, group, nil, database)
        case .removeGroup(let name): try OutsideTable.remove(.ringGroup, name.text, database)
        case .forward(let number, let settings) where settings == .none:
            try OutsideTable.remove(.forwards, number.text, database)
        case .forward(let number, let settings): try OutsideTable.put(.forwards, number.text, settings, nil, database)
        case .block(let list, let number):
            let key = number?.text ?? ""
            if list == .none {
                try OutsideTable.remove(.blocks, key, database)
            } else {
                try OutsideTable.put(.blocks, key, list, nil, database)
            }
        case .letSwitchNight(let numbers): try OutsideTable.put(.nightPhones, "", numbers.sorted(), nil, database)
        case .switchNight(let mode): try OutsideTable.put(.night, "", mode, nil, database)
        }
    }
}
