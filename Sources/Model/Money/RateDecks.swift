// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// A price list as somebody imported it.
public struct ImportedDeck: Sendable {
    public let deck: RateDeck
    public let importedAt: WallTime
    public let importedBy: String

    public init(_ deck: RateDeck, importedAt: WallTime, importedBy: String) {
        (self.deck, self.importedAt, self.importedBy) = (deck, importedAt, importedBy)
    }
}

/// The price lists of a business by name. One with the name of a trunk is of that trunk, and the one called `default` of all
/// others.
public struct RateDecks: Sendable {
    /// What calls are priced by.
    public private(set) var active: [ShortName: ImportedDeck] = [:]
    /// What is imported and looked at before it counts.
    public private(set) var waiting: [ShortName: ImportedDeck] = [:]

    public static let usual = ShortName(unchecked: "default")

    public init(active: [ImportedDeck] = [], waiting: [ImportedDeck] = []) {
        for deck in active { self.active[deck.deck.id] = deck }
        for deck in waiting { self.waiting[deck.deck.id] = deck }
    }

    /// One list for all trunks, whatever its name.
    public init(usual deck: RateDeck, importedAt: WallTime, importedBy: String) {
        active[Self.usual] = ImportedDeck(deck, importedAt: importedAt, importedBy: importedBy)
    }

    /// What calls over a trunk are priced by; `nil` where nobody has imported prices, so that none can be.
    public func deck(of trunk: TrunkName) -> RateDeck? {
        (ShortName(parsing: trunk.text).flatMap { active[$0] } ?? active[Self.usual])?.deck
    }

    /// The number of the next import under a name.
    public func nextVersion(of name: ShortName) -> UInt32 {
        let last = max(active[name]?.deck.version ?? 0, waiting[name]?.deck.version ?? 0)
        return last == .max ? last : last + 1
    }

    mutating func apply(_ change: RateChange) {
        switch change {
        case .wait(let deck): waiting[deck.deck.id] = deck
        case .drop(let name): waiting[name] = nil
        case .activate(let name): if let deck = waiting.removeValue(forKey: name) { active[name] = deck }
        case .remove(let name): active[name] = nil
        }
    }
}

/// One change of ``RateDecks``. What finds nothing to change leaves everything as it is.
public enum RateChange: Sendable {
    /// Imports one, in place of one that waits under its name.
    case wait(ImportedDeck)
    /// Forgets the one that waits.
    case drop(ShortName)
    /// Lets the one that waits take the place of the active one.
    case activate(ShortName)
    /// Forgets the active one.
    case remove(ShortName)
}
