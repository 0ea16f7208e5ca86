// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives

/// Which way calls take inside, as rows of ``OutsideTable``.
enum RoutingTable {
    static func load(_ database: Database, _ seal: Seal) throws -> RoutingSettings {
        var changes: [RoutingChange] = try OutsideTable.rows(.ringGroup, database).map {
            .putGroup(try OutsideTable.value($0))
        }
        for row in try OutsideTable.rows(.forwards, database) {
            changes.append(.forward(try number(row), try OutsideTable.value(row)))
        }
        for row in try OutsideTable.rows(.blocks, database) {
            changes.append(.block(try OutsideTable.value(row), of: try owner(row)))
        }
        for row in try OutsideTable.rows(.speedDials, database) {
            changes.append(.speedDial(try OutsideTable.value(row), of: try owner(row)))
        }
        for row in try OutsideTable.rows(.intercom, database) {
            changes.append(.openIntercom(try number(row), try OutsideTable.value(row)))
        }
        for row in try OutsideTable.rows(.mailbox, database) {
            let (number, mailbox): (ExtensionNumber, Mailbox) = (try number(row), try OutsideTable.value(row))
            let sealed: Data? = row["secret"]
            let pin = try sealed.map { try seal.open(Array($0), ofMailbox: number) }
            changes.append(.keepMessages(number, mailbox.with(pin)))
        }
        for row in try OutsideTable.rows(.menu, database) { changes.append(.putMenu(try OutsideTable.value(row))) }
        for row in try OutsideTable.rows(.room, database) {
            var room: ConferenceRoom = try OutsideTable.value(row)
            let sealed: Data? = row["secret"]
            room.pin = try sealed.map { try seal.open(Array($0), ofRoom: room.name) }
            changes.append(.putRoom(room))
        }
        if let parking: ParkingSettings = try OutsideTable.one(.parking, database) { changes.append(.park(parking)) }
        if let music: MusicSettings = try OutsideTable.one(.music, database) { changes.append(.playMusic(music)) }
        if let mode: NightMode = try OutsideTable.one(.night, database) { changes.append(.switchNight(mode)) }
        if let phones: Set<ExtensionNumber> = try OutsideTable.one(.nightPhones, database) {
            changes.append(.letSwitchNight(phones))
        }
        return RoutingSettings(changes)
    }

    /// `nil` for the business.
    private static func owner(_ row: Row) throws -> ExtensionNumber? {
        let isOfAll: Bool = row["key"] == ""
        return isOfAll ? nil : try number(row)
    }

    private static func number(_ row: Row) throws -> ExtensionNumber {
        let key: String = row["key"]
        guard let number = ExtensionNumber(parsing: key) else {
            throw StoreError.damaged("'\(key)' is no extension whose calls go elsewhere")
        }
        return number
    }

    static func apply(_ change: RoutingChange, _ database: Database, _ seal: Seal) throws {
        switch change {
        case .putGroup(let group): try OutsideTable.put(.ringGroup, group.name.text, group, nil, database)
        case .removeGroup(let name): try OutsideTable.remove(.ringGroup, name.text, database)
        case .forward(let number, let settings):
            try keep(settings == .none ? nil : settings, .forwards, number.text, database)
        case .block(let list, let number):
            try keep(list == .none ? nil : list, .blocks, number?.text ?? "", database)
        case .speedDial(let dials, let number):
            try keep(dials == .none ? nil : dials, .speedDials, number?.text ?? "", database)
        case .openIntercom(let number, let opening): try keep(opening, .intercom, number.text, database)
        case .keepMessages(let number, let mailbox?):
            let pin = try mailbox.pin.map { try seal.lock($0, ofMailbox: number) }
            try OutsideTable.put(.mailbox, number.text, mailbox, pin, database)
        case .keepMessages(let number, nil): try OutsideTable.remove(.mailbox, number.text, database)
        case .putMenu(let menu): try OutsideTable.put(.menu, menu.name.text, menu, nil, database)
        case .removeMenu(let name): try OutsideTable.remove(.menu, name.text, database)
        case .putRoom(let room):
            let pin = try room.pin.map { try seal.lock($0, ofRoom: room.name) }
            try OutsideTable.put(.room, room.name.text, room, pin, database)
        case .removeRoom(let name): try OutsideTable.remove(.room, name.text, database)
        case .park(let settings): try OutsideTable.put(.parking, "", settings, nil, database)
        case .playMusic(let settings): try OutsideTable.put(.music, "", settings, nil, database)
        case .letSwitchNight(let numbers): try OutsideTable.put(.nightPhones, "", numbers.sorted(), nil, database)
        case .switchNight(let mode): try OutsideTable.put(.night, "", mode, nil, database)
        }
    }

    /// - Parameter value: `nil` where there is nothing to keep any more.
    private static func keep(
        _ value: (some Encodable)?,
        _ kind: OutsideTable.Kind,
        _ key: String,
        _ database: Database
    ) throws {
        if let value {
            try OutsideTable.put(kind, key, value, nil, database)
        } else {
            try OutsideTable.remove(kind, key, database)
        }
    }
}
