// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives

/// Making calls cost more than they may.
enum SpendLimitAttack {
    static let all = [burst, unacknowledged, ceilingAlone]

    private static let burst = Attack(
        .spendLimit,
        "T01s",
        "Begin thirty dear calls at once",
        attempted:
            "in the attacker's own process, by the same program and with the settings of the running server, so that it costs nothing: thirty extensions begin a call at the highest price that is let through, and none hangs up for an hour; then the running server's own books are read",
        expected:
            "all calls are ended before they cost more than the budget of the business for an hour and the published overshoot; no budget of the running server is spent beyond that either",
        run: { (_, target) in
            guard let terms = target.outside else { return .needsTerms }
            guard let standings = terms.standings else { return .notRun("the server does not say what is spent") }
            var seen: [String] = []
            for (isOpen, late) in [(true, 0), (true, 3), (false, 0)] {
                guard let burst = BurstRehearsal(terms.spending, isOpen: isOpen, secondsLate: late, at: terms.at) else {
                    return .notRun("the settings let nothing through that could cost anything")
                }
                seen.append(burst.words)
                guard burst.isHeld else { return .broken(burst.words) }
            }
            for standing in standings {
                for line in standing.lines where terms.isOverspent(line, standing) {
                    return .broken("\(standing.pool) of the running server has spent \(line.spent) of \(line.limit)")
                }
            }
            return .held(seen.joined(separator: "; ") + "; \(standings.count) budgets of the running server are within")
        }
    )

    private static let unacknowledged = Attack(
        .spendLimit,
        "T14",
        "Talk without having called",
        attempted:
            "one phone calls another, which answers; the caller never confirms the answer, so that a system that counts from there counts nothing",
        expected:
            "within \(Limits.unconfirmed.components.seconds) seconds the phone that answered is told that the call is over",
        phones: 2,
        run: { (phones, wire, _) async throws(WireError) in
            let draft = try await phones[0].invitation(to: phones[1])
            let invite = try await phones[0].call(draft)
            let ringing = try await phones[1].nextRequest("INVITE")
            guard let offer = HeardMedia(ringing.body) else { return .notRun("the target offered no key") }
            let key = TestCall.key(offer.key.suite, wire)
            try await phones[1].accept(ringing, with: TestCall.description(offer.tag, key, phones[1].line().local))
            guard let answer = try await phones[0].finalAnswer(to: invite), answer.status == 200 else {
                return .notRun("the call was not answered")
            }
            let began = wire.clock()
            while wire.clock() - began < Limits.unconfirmed {
                guard let bye = try? await phones[1].nextRequest("BYE") else { continue }
                try await phones[1].accept(bye, with: [])
                return .held("it was over after \((wire.clock() - began).components.seconds) seconds")
            }
            try await phones[0].confirm(answer, to: invite)
            _ = try await phones[0].hangUp(answer, of: invite)
            return .broken("it stood after \(Limits.unconfirmed.components.seconds) seconds")
        }
    )

    private static let ceilingAlone = Attack(
        .spendLimit,
        "I04c",
        "Raise the ceiling above all budgets alone",
        attempted:
            "over the control socket of the running server, by one account: set the ceiling twice as high at once, set a budget above it, ask for a higher one and agree to it oneself; what was asked for is taken back",
        expected: "all but the asking is refused, and the ceiling is what it was",
        run: { (_, target) async throws(WireError) in
            guard let trials = target.insider?.ceiling else { return .needsInsider }
            let before = try await trials.settings()
            guard let now = target.outside?.at else { return .needsTerms }
            let (held, wanted) = (before.ceiling(at: now), before.ceiling(at: now).doubled)
            guard let wanted, wanted != held else { return .notRun("there is no higher ceiling") }
            var refused: [String] = []
            for (name, step) in [("at once", CeilingTrials.Step.lower(wanted)), ("by a budget", .limit(wanted))] {
                guard try await trials.say(step) != nil else {
                    try await putBack(before, held, trials)
                    return .broken("\(name) it was let through to \(wanted)")
                }
                refused.append(name)
            }
            if before.raise == nil {
                guard try await trials.say(.ask(wanted)) == nil else {
                    return .notRun("nobody may ask for a higher one")
                }
                let alone = try await trials.say(.agree(wanted))
                _ = try await trials.say(.drop(wanted))
                guard alone != nil else { return .broken("who asked for \(wanted) could agree to it") }
                refused.append("by agreeing to oneself")
            }
            let after = try await trials.settings()
            let text = "refused \(refused.joined(separator: ", ")); the ceiling is \(after.ceiling(at: now))"
            return after.ceiling(at: now) == held && after.raise == before.raise ? .held(text) : .broken(text)
        }
    )

    /// What the attack was let through to is undone.
    private static func putBack(
        _ before: SpendSettings,
        _ ceiling: SpendLimits,
        _ trials: CeilingTrials
    ) async throws(WireError) {
        _ = try await trials.say(.limit(before.businessLimits))
        _ = try await trials.say(.lower(ceiling))
    }
}

extension OutsideTerms {
    /// Whoever has lowered a budget since may have found it spent.
    fileprivate func isOverspent(_ line: SpendStanding.Line, _ standing: SpendStanding) -> Bool {
        if let spendingChangedAt, at - spendingChangedAt < .seconds(line.span.seconds) { return false }
        return line.spent.micros > line.limit.micros + standing.overshoot.micros
    }
}

extension SpendLimits {
    fileprivate var doubled: SpendLimits? {
        SpendLimits(
            hour: Money(clamping: hour.micros * 2),
            day: Money(clamping: day.micros * 2),
            week: Money(clamping: week.micros * 2)
        )
    }
}

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
