// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// One line of a provider's price list: what numbers that begin with a prefix cost, and from when until when.
public struct DeckRate: Hashable, Sendable, Codable {
    public let prefix: NumberPrefix
    /// The name the provider gives the place, such as `Cuba Mobile`: at most ``Limits/nameBytes``, shown as text only.
    public let destination: String
    public let tariff: Tariff
    /// The first moment at which it holds.
    public let from: WallTime
    /// The first moment at which it no longer holds; `nil` when nobody said.
    public let until: WallTime?
    /// Whether the provider does not take calls there any more.
    public let isClosed: Bool

    /// - Returns: `nil` when it ends before it begins.
    public init?(
        prefix: NumberPrefix,
        destination: String,
        tariff: Tariff,
        from: WallTime = WallTime(milliseconds: 0),
        until: WallTime? = nil,
        isClosed: Bool = false
    ) {
        if let until, until <= from { return nil }
        (self.prefix, self.destination, self.tariff) = (prefix, destination, tariff)
        (self.from, self.until, self.isClosed) = (from, until, isClosed)
    }
}

/// The price of one number as a deck has it: small, without text, so that asking for it allocates nothing. With the deck and its
/// version it says how a cost came about.
public struct Rating: Hashable, Sendable {
    public let prefix: NumberPrefix
    public let tariff: Tariff
    /// Where in its deck: for ``RateDeck/destination(of:)``.
    let place: Int

    init(prefix: NumberPrefix, tariff: Tariff, place: Int) {
        (self.prefix, self.tariff, self.place) = (prefix, tariff, place)
    }
}

/// What a deck says about a number. Only ``rated(_:)`` may be called: what has no price is refused, never free.
public enum RateAnswer: Hashable, Sendable {
    case rated(Rating)
    /// No prefix of the deck fits, or none whose time has come.
    case unrated
    /// The price of the longest prefix that fits has ended and none follows, or the provider closed it. A shorter prefix does
    /// not stand in: it is nearly always cheaper than what was taken out of it.
    case withdrawn(NumberPrefix)
}
