// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// A number with its price: the proof that a deck rates it. Only ``SpendRules/price(_:isInternational:by:at:)`` makes one, so what
/// has no price cannot be reserved for.
public struct PricedCall: Hashable, Sendable {
    public let number: PhoneNumber
    public let rating: Rating
    /// Which deck said so, for the record.
    public let deck: ShortName
    public let version: UInt32
    public let currency: Currency
    /// Whether it leaves the home country, and so is shorter at most.
    public let isInternational: Bool
    /// Whether it is an ordinary call at home, which budgets of its own pay for.
    public let isAtHome: Bool

    public var tariff: Tariff { rating.tariff }

    fileprivate init(
        _ number: PhoneNumber,
        _ rating: Rating,
        of deck: RateDeck,
        isInternational: Bool,
        ordinary: Money?
    ) {
        (self.number, self.rating, self.isInternational) = (number, rating, isInternational)
        let tariff = rating.tariff
        isAtHome = ordinary.map { !isInternational && tariff.perMinute <= $0 && tariff.setUp <= $0 } ?? false
        (self.deck, version, currency) = (deck.id, deck.version, deck.currency)
    }
}

/// What may be asked of a price before there is money for it.
public enum SpendRules {
    public enum Price: Hashable, Sendable {
        case priced(PricedCall)
        case refused(SpendRefusal)
    }

    /// The price of a call by the deck of the trunk that would take it. No allocation.
    ///
    /// - Parameter ordinary: What a minute, and an answer, may cost so that a call at home is an ordinary one; `nil` for a kind of
    ///   number that never is.
    public static func price(
        _ number: PhoneNumber,
        isInternational: Bool,
        ordinary: Money? = nil,
        by deck: RateDeck,
        at now: WallTime
    ) -> Price {
        switch deck.answer(for: number, at: now) {
        case .rated(let rating):
            .priced(PricedCall(number, rating, of: deck, isInternational: isInternational, ordinary: ordinary))
        case .unrated: .refused(.unrated(deck.id))
        case .withdrawn(let prefix): .refused(.withdrawn(prefix, deck.id))
        }
    }

    /// Why nobody may be called at such a price, whatever is left to spend; `nil` when they may. No allocation.
    public static func refusal(of price: PricedCall, in settings: SpendSettings) -> SpendRefusal? {
        let tariff = price.tariff
        if price.currency != settings.currency { return .otherCurrency(price.currency, price.deck) }
        if tariff.perMinute > settings.highestPerMinute {
            return .dearMinute(tariff.perMinute, ceiling: settings.highestPerMinute)
        }
        if tariff.setUp > settings.highestSetUp { return .dearSetUp(tariff.setUp, ceiling: settings.highestSetUp) }
        return nil
    }

    /// Why a budget cannot have these limits; `nil` when it can.
    public static func refusal(
        of limits: SpendLimits,
        for pool: SpendPool,
        in settings: SpendSettings,
        at now: WallTime
    ) -> Refusal? {
        let ceiling = settings.ceiling(at: now)
        guard !limits.isWithin(ceiling) else { return nil }
        return Refusal(
            .spendLimit,
            problem: "The budget of \(pool) was not set to \(limits).",
            reason: "no budget may exceed the ceiling, which is \(ceiling)",
            remedy: "choose less, or have two operators raise the ceiling: ringfence spend ceiling"
        )
    }
}
