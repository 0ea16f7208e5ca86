// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What calls to the outside may cost a business. What is in force before anybody has set anything is strict: whoever steals an
/// extension on a Friday night gets 3.00 for the weekend's first day.
public struct SpendSettings: Hashable, Sendable {
    /// Of every amount here, and of the decks. Changing it changes no number.
    public var currency: Currency
    /// For one call, its set-up included.
    public var perCall: Money
    /// No minute may cost more, whatever the country.
    public var highestPerMinute: Money
    /// No answer may cost more.
    public var highestSetUp: Money
    /// What a minute costs at most to a number at home that counts as an ordinary one.
    public var ordinaryPerMinute: Money
    /// For ordinary calls at home, of each extension that has no limits of its own for them, and of the whole business.
    public var extensionHomeLimits: SpendLimits
    public var homeLimits: SpendLimits
    /// For all other calls of each extension that has none of its own.
    public var extensionLimits: SpendLimits
    /// For the whole business.
    public var businessLimits: SpendLimits
    /// For each trunk, and each group, that has none of its own.
    public var sharedLimits: SpendLimits
    /// Limits of their own, of extensions, groups and trunks.
    public var own: [SpendPool: SpendLimits]
    /// What may be spent of each limit while the business is closed. It counts apart, and as part of the whole.
    public var afterHours: Percent
    /// How long a call to another country may last.
    public var longestInternational: LongestCall
    /// How long any other may.
    public var longestNational: LongestCall
    /// What no limit may exceed, nor all calls together. Lowered at once; raised by two operators and a day.
    public private(set) var ceiling: SpendLimits
    /// A higher ceiling that somebody asked for; `nil` when nobody did.
    public private(set) var raise: CeilingRaise?

    public init(currency: Currency = .eur) {
        self.currency = currency
        perCall = Money(units: 5)
        highestPerMinute = Money(clamping: 500_000)
        highestSetUp = Money(clamping: 200_000)
        ordinaryPerMinute = Money(clamping: 100_000)
        extensionHomeLimits = SpendLimits(hour: 8, day: 30, week: 100)
        homeLimits = SpendLimits(hour: 30, day: 120, week: 450)
        extensionLimits = SpendLimits(hour: 4, day: 12, week: 36)
        businessLimits = SpendLimits(hour: 15, day: 50, week: 150)
        sharedLimits = SpendLimits(hour: 15, day: 50, week: 150)
        own = [:]
        afterHours = Percent(clamping: 25)
        longestInternational = LongestCall(clamping: 60)
        longestNational = LongestCall(clamping: 240)
        ceiling = SpendLimits(hour: 50, day: 150, week: 500)
    }

    /// The limits of a budget at a time: its own or those for all of its kind, and never above the ceiling.
    public func limits(of pool: SpendPool, at now: WallTime) -> SpendLimits {
        let set: SpendLimits
        switch pool {
        case .business: set = businessLimits
        case .extension: set = own[pool] ?? extensionLimits
        case .group, .trunk: set = own[pool] ?? sharedLimits
        case .home: set = homeLimits
        case .extensionAtHome: set = own[pool] ?? extensionHomeLimits
        case .ceiling: return ceiling(at: now)
        }
        return set.capped(by: ceiling(at: now))
    }

    // MARK: The ceiling

    /// The ceiling at a time: a raise holds when its day is over.
    public func ceiling(at now: WallTime) -> SpendLimits {
        guard let raise, raise.isDue(at: now) else { return ceiling }
        return raise.limits
    }

    /// Lowers it, or sets what a raise that is due has brought.
    ///
    /// - Returns: Whether it did: not when any of `limits` is above the ceiling of now.
    public mutating func lowerCeiling(to limits: SpendLimits, at now: WallTime) -> Bool {
        guard limits.isWithin(ceiling(at: now)) else { return false }
        (ceiling, raise) = (limits, nil)
        return true
    }

    /// Somebody asks for a higher one. Whether they may is a matter of `CeilingRules`.
    public mutating func ask(for raise: CeilingRaise) { (ceiling, self.raise) = (ceiling(at: raise.request.at), raise) }

    /// Somebody else agrees.
    public mutating func agree(by account: LocalAccount, at now: WallTime) {
        raise?.agreement = .init(by: account, at: now)
    }

    /// It is not wanted any more, or is over. What was in force stays in force.
    public mutating func dropRaise(at now: WallTime) { (ceiling, raise) = (ceiling(at: now), nil) }
}

extension SpendSettings: Codable {
    private enum Key: String, CodingKey {
        case currency, perCall, highestPerMinute, highestSetUp, ordinaryPerMinute, extensionHomeLimits, homeLimits
        case extensionLimits, businessLimits, sharedLimits, own, afterHours, longestInternational, longestNational
        case ceiling, raise
    }

    /// What was written before calls at home had budgets of their own has the budgets that a new business gets for them.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init(currency: try values.decode(Currency.self, forKey: .currency))
        perCall = try values.decode(Money.self, forKey: .perCall)
        highestPerMinute = try values.decode(Money.self, forKey: .highestPerMinute)
        highestSetUp = try values.decode(Money.self, forKey: .highestSetUp)
        ordinaryPerMinute = try values.decodeIfPresent(Money.self, forKey: .ordinaryPerMinute) ?? ordinaryPerMinute
        extensionHomeLimits =
            try values.decodeIfPresent(SpendLimits.self, forKey: .extensionHomeLimits) ?? extensionHomeLimits
        homeLimits = try values.decodeIfPresent(SpendLimits.self, forKey: .homeLimits) ?? homeLimits
        extensionLimits = try values.decode(SpendLimits.self, forKey: .extensionLimits)
        businessLimits = try values.decode(SpendLimits.self, forKey: .businessLimits)
        sharedLimits = try values.decode(SpendLimits.self, forKey: .sharedLimits)
        own = try values.decode([SpendPool: SpendLimits].self, forKey: .own)
        afterHours = try values.decode(Percent.self, forKey: .afterHours)
        longestInternational = try values.decode(LongestCall.self, forKey: .longestInternational)
        longestNational = try values.decode(LongestCall.self, forKey: .longestNational)
        ceiling = try values.decode(SpendLimits.self, forKey: .ceiling)
        raise = try values.decodeIfPresent(CeilingRaise.self, forKey: .raise)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(currency, forKey: .currency)
        try values.encode(perCall, forKey: .perCall)
        try values.encode(highestPerMinute, forKey: .highestPerMinute)
        try values.encode(highestSetUp, forKey: .highestSetUp)
        try values.encode(ordinaryPerMinute, forKey: .ordinaryPerMinute)
        try values.encode(extensionHomeLimits, forKey: .extensionHomeLimits)
        try values.encode(homeLimits, forKey: .homeLimits)
        try values.encode(extensionLimits, forKey: .extensionLimits)
        try values.encode(businessLimits, forKey: .businessLimits)
        try values.encode(sharedLimits, forKey: .sharedLimits)
        try values.encode(own, forKey: .own)
        try values.encode(afterHours, forKey: .afterHours)
        try values.encode(longestInternational, forKey: .longestInternational)
        try values.encode(longestNational, forKey: .longestNational)
        try values.encode(ceiling, forKey: .ceiling)
        try values.encodeIfPresent(raise, forKey: .raise)
    }
}

/// A higher ceiling that two operators want, and when it holds.
public struct CeilingRaise: Hashable, Sendable, Codable {
    public struct Consent: Hashable, Sendable, Codable {
        public let account: LocalAccount
        public let at: WallTime

        public init(by account: LocalAccount, at time: WallTime) { (self.account, at) = (account, time) }
    }

    public let limits: SpendLimits
    public let request: Consent
    /// Of somebody else; `nil` while there is none.
    public internal(set) var agreement: Consent?

    public init(to limits: SpendLimits, request: Consent) { (self.limits, self.request) = (limits, request) }

    /// The first moment at which it holds; `nil` while nobody agreed.
    public var dueAt: WallTime? { agreement.map { $0.at + .milliseconds(Limits.ceilingDelay) } }

    /// Whether it holds: somebody else agreed, in time, and a day has passed since.
    public func isDue(at now: WallTime) -> Bool {
        guard let agreement, let dueAt else { return false }
        return agreement.account.user != request.account.user && !isStale(at: agreement.at) && dueAt <= now
    }

    /// Whether it waited too long for somebody to agree.
    public func isStale(at now: WallTime) -> Bool { now - request.at > .milliseconds(Limits.ceilingRequest) }
}
