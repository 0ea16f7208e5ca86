// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

/// A business whose clock a test moves, with a deck of a few countries.
struct Till {
    static let noon = WallTime(milliseconds: 1_800_000_000_000)

    var ledger: Ledger
    var turn = LedgerTurn()
    /// Milliseconds since the ledger began.
    var clock: Int64 = 0
    var isOpen = true
    /// Everything that was to be written down.
    var written: [LedgerEntry] = []

    init(_ settings: SpendSettings) {
        ledger = Ledger(settings: settings, at: Self.moment(0, isOpen: true))
    }

    static func moment(_ clock: Int64, isOpen: Bool) -> LedgerMoment {
        LedgerMoment(
            now: MonotonicTime(nanoseconds: 5_000_000_000 + UInt64(clock) * 1_000_000),
            wall: noon + .milliseconds(clock),
            isOpen: isOpen
        )
    }

    var now: LedgerMoment { Self.moment(clock, isOpen: isOpen) }

    @discardableResult
    mutating func reserve(
        _ charge: UInt64,
        from number: String = "201",
        _ price: PricedCall
    ) throws -> Ledger.Reservation {
        let answer = ledger.reserve(ChargeID(charge), for: try Self.payer(number), at: price, in: now, &turn)
        keep()
        return answer
    }

    @discardableResult
    mutating func answer(_ charge: UInt64) -> Bool {
        defer { keep() }
        return ledger.answer(ChargeID(charge), in: now, &turn)
    }

    @discardableResult
    mutating func settle(_ charge: UInt64) -> Money? {
        defer { keep() }
        return ledger.settle(ChargeID(charge), endedAt: now.now, in: now, &turn)
    }

    mutating func cancel(_ charge: UInt64) {
        ledger.cancel(ChargeID(charge), in: now, &turn)
        keep()
    }

    /// Lets time pass with a tick each second, until the ledger ends a leg or the time is over.
    ///
    /// - Returns: What is to end.
    @discardableResult
    mutating func run(seconds: Int64, tickSeconds: Int64 = 1) -> [EndedCharge] {
        let end = clock + seconds * 1_000
        while clock < end, turn.ends.isEmpty {
            clock += tickSeconds * 1_000
            ledger.tick(now, &turn)
            keep()
        }
        defer { turn.ends.removeAll() }
        return turn.ends
    }

    /// Takes the alerts that came since it was last asked.
    mutating func alerts() -> [SpendAlert] {
        defer { turn.alerts.removeAll() }
        return turn.alerts
    }

    mutating func spent(_ pool: SpendPool = .business, _ span: SpendSpan = .week, isAfterHours: Bool = false) -> Int64 {
        let lines = ledger.standing(of: pool, at: now).lines
        return lines.first { $0.span == span && $0.isAfterHours == isAfterHours }?.spent.micros ?? -1
    }

    private mutating func keep() {
        written += turn.entries
        turn.entries.removeAll()
    }

    static func payer(
        _ number: String,
        group: String? = nil,
        trunk: String = "main",
        isAtHome: Bool = false
    ) throws -> Payer {
        let group = try group.map { try ShortName.named($0) }
        return Payer(extension: try .parsed(number), group: group, trunk: try .named(trunk), isAtHome: isAtHome)
    }
}

extension ShortName {
    static func named(_ text: String) throws -> Self { try #require(Self(parsing: text)) }
}

extension SpendSettings {
    /// With limits in whole units; the same for the business, groups and trunks.
    static func limited(
        extension own: (Int64, Int64, Int64) = (100, 100, 100),
        business: (Int64, Int64, Int64) = (100, 100, 100),
        perCall: Int64 = 100
    ) throws -> Self {
        var settings = SpendSettings()
        settings.extensionLimits = try .units(own.0, own.1, own.2)
        settings.businessLimits = try .units(business.0, business.1, business.2)
        settings.sharedLimits = settings.businessLimits
        settings.perCall = Money(units: perCall)
        settings.highestPerMinute = Money(units: 60)
        settings.highestSetUp = Money(units: 10)
        let raise = CeilingRaise(
            to: try .units(10_000, 10_000, 10_000),
            request: .init(by: .init(name: "a", user: 1), at: .init(milliseconds: 0))
        )
        settings.ask(for: raise)
        settings.agree(by: LocalAccount(name: "b", user: 2), at: WallTime(milliseconds: 1))
        settings.dropRaise(at: Till.noon)
        return settings
    }
}

extension SpendLimits {
    static func units(_ hour: Int64, _ day: Int64, _ week: Int64) throws -> Self {
        try #require(Self(hour: Money(units: hour), day: Money(units: day), week: Money(units: week)))
    }
}

extension PricedCall {
    /// A call that costs so many units a minute.
    static func costing(
        _ perMinute: Int64,
        setUp: Int64 = 0,
        _ increments: String = "1/1",
        isInternational: Bool = false,
        currency: Currency = .eur
    ) throws -> Self {
        let tariff = Tariff(
            setUp: Money(units: setUp),
            perMinute: Money(units: perMinute),
            increments: try #require(Increments(parsing: increments))
        )
        return try costing(try #require(tariff), isInternational: isInternational, currency: currency)
    }

    static func costing(_ tariff: Tariff, isInternational: Bool = false, currency: Currency = .eur) throws -> Self {
        let prefix = try #require(NumberPrefix(parsing: "+53"))
        let rate = try #require(DeckRate(prefix: prefix, destination: "Cuba", tariff: tariff))
        let deck = try #require(RateDeck(id: try .named("deck"), version: 1, currency: currency, rates: [rate]))
        let number = try #require(PhoneNumber(parsing: "+5355512345"))
        guard
            case .priced(let call) = SpendRules.price(number, isInternational: isInternational, by: deck, at: Till.noon)
        else { throw NoPrice() }
        return call
    }

    struct NoPrice: Error {}
}
