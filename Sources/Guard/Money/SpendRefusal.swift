// SPDX-License-Identifier: Apache-2.0

public import Model

/// Why there is no money for a call. Holds no text, so that a refusal allocates nothing; the words are made when somebody reads them.
public enum SpendRefusal: Hashable, Sendable {
    /// The deck has no price for the number.
    case unrated(ShortName)
    /// The deck had one, which ended.
    case withdrawn(NumberPrefix, ShortName)
    /// The deck is in another currency than the budgets.
    case otherCurrency(Currency, ShortName)
    case dearMinute(Money, ceiling: Money)
    case dearSetUp(Money, ceiling: Money)
    /// The first slice costs more than one call may.
    case perCall(first: Money, limit: Money)
    case budget(SpendPool, SpendSpan, isAfterHours: Bool, first: Money, spent: Money, limit: Money)
    /// The machine's own bound on legs or budgets.
    case tooMany
    /// That leg is over already: its name came twice.
    case repeated

    /// What the caller's phone is told, and what the record says.
    public func callRefusal(in currency: Currency) -> CallRefusal {
        CallRefusal(status: status, control: .spendLimit, reason: sentence(in: currency))
    }

    /// 503 where another moment helps, 403 where only the owner does (RFC 3261 §21.4.4). 402 is reserved.
    private var status: Int {
        switch self {
        case .tooMany, .repeated: 503
        case .unrated, .withdrawn, .otherCurrency, .dearMinute, .dearSetUp, .perCall, .budget: 403
        }
    }

    /// What is too much, with its figure and what allows it.
    public func sentence(in currency: Currency) -> String {
        switch self {
        case .unrated(let deck):
            "the price list \(deck) has no price for this number, and what has none is not called"
        case .withdrawn(let prefix, let deck):
            "the price list \(deck) has no price for \(prefix) any more; import the newest one of the provider"
        case .otherCurrency(let other, let deck):
            "the price list \(deck) is in \(other), but the budgets are in \(currency)"
        case .dearMinute(let price, let ceiling):
            "a minute costs \(price.text(in: currency)), and none may cost more than \(ceiling.text(in: currency))"
        case .dearSetUp(let price, let ceiling):
            "the answer alone costs \(price.text(in: currency)), and none may cost more than \(ceiling.text(in: currency))"
        case .perCall(let first, let limit):
            "the call would cost \(first.text(in: currency)) at once, and one call may cost \(limit.text(in: currency))"
        case .budget(let pool, let span, let isAfterHours, let first, let spent, let limit):
            "\(SpendWords.budget(pool, span, isAfterHours)) is \(limit.text(in: currency)), of which "
                + "\(spent.text(in: currency)) is used, and the call would cost \(first.text(in: currency)) at once"
        case .tooMany: "too many calls to the outside are running"
        case .repeated: "this call is over"
        }
    }
}
