// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives

/// Price lists as rows: one for each, because none is ever read in part.
enum RateTable {
    static func load(_ database: Database) throws -> RateDecks {
        let rows = try Row.fetchAll(database, sql: "SELECT * FROM rate_decks")
        return RateDecks(
            active: try rows.filter { $0["is_active"] }.map(deck),
            waiting: try rows.filter { !$0["is_active"] }.map(deck)
        )
    }

    static func apply(_ change: RateChange, _ database: Database) throws {
        switch change {
        case .wait(let deck): try wait(deck, database)
        case .drop(let name): try remove(name, isActive: false, database)
        case .activate(let name): try activate(name, database)
        case .remove(let name): try remove(name, isActive: true, database)
        }
    }

    private static func wait(_ imported: ImportedDeck, _ database: Database) throws {
        let deck = imported.deck
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO rate_decks (name, is_active, version, currency, imported_at, imported_by, body)
                VALUES (?, 0, ?, ?, ?, ?, ?)
                """,
            arguments: [
                deck.id.text, Int64(deck.version), deck.currency.code, imported.importedAt.milliseconds,
                imported.importedBy, Data(RateDeckBytes.encode(deck.rates)),
            ]
        )
    }

    private static func activate(_ name: ShortName, _ database: Database) throws {
        let sql = "SELECT EXISTS (SELECT 1 FROM rate_decks WHERE name = ? AND is_active = 0)"
        guard try Bool.fetchOne(database, sql: sql, arguments: [name.text]) == true else { return }
        try remove(name, isActive: true, database)
        try database.execute(
            sql: "UPDATE rate_decks SET is_active = 1 WHERE name = ? AND is_active = 0",
            arguments: [name.text]
        )
    }

    private static func remove(_ name: ShortName, isActive: Bool, _ database: Database) throws {
        try database.execute(
            sql: "DELETE FROM rate_decks WHERE name = ? AND is_active = ?",
            arguments: [name.text, isActive]
        )
    }

    private static func deck(_ row: Row) throws -> ImportedDeck {
        let (name, code, body): (String, String, Data) = (row["name"], row["currency"], row["body"])
        guard let id = ShortName(parsing: name), let currency = Currency(parsing: code),
            let version = UInt32(exactly: row["version"] as Int64),
            let rates = try? RateDeckBytes.decode(Array(body)),
            let deck = RateDeck(id: id, version: version, currency: currency, rates: rates)
        else { throw StoreError.damaged("the price list '\(name)' cannot be read") }
        return ImportedDeck(
            deck,
            importedAt: WallTime(milliseconds: row["imported_at"]),
            importedBy: row["imported_by"]
        )
    }
}
