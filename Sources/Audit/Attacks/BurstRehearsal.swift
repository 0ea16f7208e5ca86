// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Thirty calls that nobody ends, against a ledger of the attacker's own with the settings of the target. What they cost is
/// counted here by the second, not by the ledger.
struct BurstRehearsal {
    static let calls = 30
    /// An hour of the limits slides and is a little longer: what is spoken in less is within one of them.
    private static let longest = 3_500

    private let tariff: Tariff
    private(set) var cost: Int64 = 0
    /// When the last call was over, in seconds.
    private(set) var seconds = 0
    /// How many may begin, and how many of them were ended.
    private(set) var begun = 0
    private(set) var ended = 0
    private let limit: Money
    private let published: Money
    private let isOpen: Bool
    private let currency: Currency

    var isHeld: Bool { cost <= limit.micros + published.micros }

    var words: String {
        let closed = isOpen ? "" : " while closed"
        return
            "of \(Self.calls) calls\(closed) \(begun) began and \(ended) were ended, the last after \(seconds) s; they cost "
            + "\(Money(clamping: cost)) of \(limit) with an overshoot of at most \(published) (\(currency))"
    }

    /// - Parameter secondsLate: How much later than promised each call ends that was told to.
    /// - Returns: `nil` where the settings let no price through.
    init?(_ settings: SpendSettings, isOpen: Bool, secondsLate: Int, at wall: WallTime) {
        guard settings.highestPerMinute > .zero, let trunk = ShortName(parsing: "rehearsal"),
            let price = Self.price(settings, trunk, at: wall)
        else { return nil }
        (tariff, self.isOpen, currency) = (price.tariff, isOpen, settings.currency)
        let set = settings.limits(of: .business, at: wall)
        limit = isOpen ? set.hour : set.percent(settings.afterHours).hour
        published = Overshoot.bound(calls: Self.calls, of: price.tariff, lateBy: .seconds(secondsLate))
        run(settings, price, trunk, secondsLate: secondsLate, wall)
    }

    private mutating func run(
        _ settings: SpendSettings,
        _ price: PricedCall,
        _ trunk: ShortName,
        secondsLate: Int,
        _ wall: WallTime
    ) {
        func moment(_ second: Int) -> LedgerMoment {
            LedgerMoment(
                now: MonotonicTime(nanoseconds: UInt64(1 + second) * 1_000_000_000),
                wall: wall + .seconds(second),
                isOpen: isOpen
            )
        }
        var (ledger, turn) = (Ledger(settings: settings, at: moment(0)), LedgerTurn())
        var running: Set<ChargeID> = []
        for index in 0..<Self.calls {
            let id = ChargeID(UInt64(index + 1))
            guard let number = ExtensionNumber(parsing: "\(1_001 + index)"),
                case .reserved = ledger.reserve(
                    id,
                    for: Payer(extension: number, trunk: trunk),
                    at: price,
                    in: moment(0),
                    &turn
                ), ledger.answer(id, in: moment(0), &turn)
            else { continue }
            running.insert(id)
        }
        begun = running.count
        var ending: [ChargeID: Int] = [:]
        for second in 1...Self.longest where !running.isEmpty {
            turn.removeAll()
            ledger.tick(moment(second), &turn)
            // Whoever is told to end has a second to do so.
            for end in turn.ends where ending[end.charge] == nil { ending[end.charge] = second + 1 + secondsLate }
            for (id, last) in ending where last <= second && running.contains(id) {
                ledger.settle(id, endedAt: moment(second).now, in: moment(second), &turn)
                running.remove(id)
                (ended, seconds) = (ended + 1, second)
                cost += tariff.micros(forBilledSeconds: Int64(second))
            }
        }
        cost += Int64(running.count) * tariff.micros(forBilledSeconds: Int64(Self.longest))
    }

    /// The dearest that the settings let through, by the second.
    private static func price(_ settings: SpendSettings, _ name: ShortName, at wall: WallTime) -> PricedCall? {
        guard
            let tariff = Tariff(
                setUp: settings.highestSetUp,
                perMinute: settings.highestPerMinute,
                increments: .seconds
            ), let number = PhoneNumber(parsing: "+9607710000"), let prefix = NumberPrefix(parsing: "+960"),
            let rate = DeckRate(prefix: prefix, destination: "rehearsal", tariff: tariff),
            let deck = RateDeck(id: name, version: 1, currency: settings.currency, rates: [rate]),
            case .priced(let price) = SpendRules.price(number, isInternational: true, by: deck, at: wall)
        else { return nil }
        return price
    }
}
