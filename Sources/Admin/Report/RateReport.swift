// SPDX-License-Identifier: Apache-2.0

import Guard
public import Model
public import Primitives

/// A price list, without its prices.
public struct RateSummary: Codable, Hashable, Sendable {
    /// That of a trunk, or `default` for all that have none of their own.
    public let name: ShortName
    public let version: UInt32
    public let currency: Currency
    public let prices: Int
    public let prefixes: Int
    public let importedAt: WallTime
    public let importedBy: String
    /// Whether calls are priced by it; otherwise it waits.
    public let isActive: Bool

    init(_ imported: ImportedDeck, isActive: Bool) {
        let deck = imported.deck
        (name, version, currency) = (deck.id, deck.version, deck.currency)
        (prices, prefixes) = (deck.count, deck.prefixCount)
        (importedAt, importedBy) = (imported.importedAt, imported.importedBy)
        self.isActive = isActive
    }
}

/// What an import found.
public struct RateImportReport: Codable, Hashable, Sendable {
    public let deck: RateSummary
    /// Names of columns that were not read.
    public let ignoredColumns: [String]
    /// Lines that said again what another line says.
    public let repeatedLines: Int
    /// Prefixes that cost nothing at all: to be looked at by a person.
    public let freeRates: Int
    /// Whether whole minutes were taken because the list does not say.
    public let assumesMinutes: Bool
    public let difference: RateDifference

    init(_ imported: ImportedDeck, _ read: RateDeckImport, _ difference: RateDifference) {
        deck = RateSummary(imported, isActive: false)
        (ignoredColumns, repeatedLines) = (read.ignoredColumns, read.repeatedLines)
        (freeRates, assumesMinutes) = (read.freeRates, read.assumesMinutes)
        self.difference = difference
    }
}

/// What a list that waits changes.
public struct RateDifference: Codable, Hashable, Sendable {
    public struct Line: Codable, Hashable, Sendable {
        public let prefix: NumberPrefix
        public let destination: String
        /// `0.0123 a minute, 60/1`; `nil` where there is no price.
        public let old: String?
        public let new: String?
        /// How much dearer a minute is, in hundredths of the old price.
        public let percent: Int?

        init(_ line: RateDeckComparison.Line) {
            (prefix, destination, percent) = (line.prefix, line.destination, line.percent)
            (old, new) = (line.old?.description, line.new?.description)
        }
    }

    public let name: ShortName
    public let addedCount: Int
    public let removedCount: Int
    public let changedCount: Int
    public let unchangedCount: Int
    /// The first of each kind: the dearest, and those that rise most.
    public let added: [Line]
    public let removed: [Line]
    public let changed: [Line]

    init(_ name: ShortName, _ comparison: RateDeckComparison, lines: Int) {
        self.name = name
        let counts = comparison.counts
        (addedCount, removedCount, changedCount) = (counts.added, counts.removed, counts.changed)
        unchangedCount = counts.unchanged
        added = comparison.added.prefix(lines).map(Line.init)
        removed = comparison.removed.prefix(lines).map(Line.init)
        changed = comparison.changed.prefix(lines).map(Line.init)
    }
}
