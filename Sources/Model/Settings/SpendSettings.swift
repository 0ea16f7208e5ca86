// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What calls to the outside may cost a business. What is in force before anybody has set anything is strict: whoever steals an
/// extension on a Friday night gets 3.00 for the weekend's first day.
public struct SpendSettings: Hashable, Sendable, Codable {
    /// Of every amount here, and of the decks. Changing it changes no number.
    public var currency: Currency
    /// For one call, its set-up included.
    public var perCall: Money
    /// No minute may cost more, whatever the country.
    public var highestPerMinute: Money
    /// No answer may cost more.
    public var highestSetUp: Money
    /// For each extension that has none of its own.
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
    /// What no limit may exceed. Lowered at once; raised by two operators and a day.
    public private(set) var ceiling: SpendLimits
    /// A higher ceiling that somebody asked for; `nil` when nobody did.
    public private(set) var raise: CeilingRaise?

    public init(currency: Currency = .eur) {
        self.currency = currency
        perCall = Money(units: 5)
        highestPerMinute = Money(clamping: 500_000)
        highestSetUp = Money(clamping: 200_000)
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
