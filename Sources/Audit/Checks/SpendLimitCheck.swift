// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Compares the books with the limits, with the records of calls and with the journal (ATTACKS T01, T14).
    static let spendLimit = Check(.spendLimit) { system in
        let facts = system.outside
        let (spending, now) = (facts.inForce.spending, system.now)
        var findings: [Finding] = []
        if facts.stored?.spending != spending { findings.append(.otherSpending(isRead: facts.stored != nil)) }
        findings += facts.inForce.usableTrunks.filter { facts.inForce.rates.deck(of: $0.trunk.name) == nil }
            .map { .noPrices($0.trunk.name) }
        if let finding = ceiling(spending, facts.ceilingSteps, at: now) { findings.append(finding) }
        findings += facts.standings.flatMap { standing in
            standing.overspent(unlessChangedAt: facts.spendingChangedAt, at: now).map { .overspent(standing, $0) }
        }
        let (recorded, spent) = (recordedHour(system), spentHour(facts))
        if recorded > spent { findings.append(.forgotten(recorded, spent)) }
        findings += dearCalls(system)
        return CheckReport(control: .spendLimit, examined: examined(system, recorded, spent), findings: findings)
    }

    private static func examined(_ system: LiveSystem, _ recorded: Money, _ spent: Money) -> [String] {
        let (facts, currency) = (system.outside, system.outside.inForce.spending.currency)
        let whole = facts.wholeBusiness
        let running = whole.reduce(0) { $0 + $1.running }
        let late = Money(clamping: whole.reduce(0) { $0 + $1.overshoot.micros }).text(in: currency)
        return [
            "the ceiling above all budgets is \(facts.inForce.spending.ceiling(at: system.now)) (\(currency))",
            "\(facts.standings.count) budgets in use; the last hour costs \(spent.text(in: currency)) by the books "
                + "and \(recorded.text(in: currency)) by the records",
            "\(running) calls in progress: ended in time they cost nothing beyond a budget, and each second late \(late) at most",
            "\(facts.inForce.usableTrunks.count) trunks, each with a price list or closed for want of one",
        ]
    }

    /// What calls of the last hour cost by their records. The books may know of more, never of less.
    private static func recordedHour(_ system: LiveSystem) -> Money {
        let recent = system.records.flatMap(\.charges).filter {
            let age = system.now - $0.reservedAt
            return age >= .zero && age < .seconds(SpendSpan.hour.seconds)
        }
        return Money(clamping: recent.reduce(0) { $0 + $1.counted.micros })
    }

    private static func spentHour(_ facts: OutsideFacts) -> Money {
        let lines = facts.wholeBusiness.compactMap { $0.lines.first { $0.span == .hour && !$0.isAfterHours } }
        return Money(clamping: lines.reduce(0) { $0 + $1.spent.micros })
    }

    /// Calls since the last change of prices that should have been refused or ended.
    private static func dearCalls(_ system: LiveSystem) -> [Finding] {
        let spending = system.outside.inForce.spending
        return system.records.flatMap { record in
            record.charges.compactMap { charge in
                if let changed = system.outside.spendingChangedAt, charge.reservedAt <= changed { return nil }
                let isDear =
                    charge.tariff.perMinute > spending.highestPerMinute
                    || charge.tariff.setUp > spending.highestSetUp || charge.counted > spending.perCall
                return isDear ? .dearCall(record, charge) : nil
            }
        }
    }

    /// A ceiling that is higher than it began has two names in the journal, and a day between.
    private static func ceiling(_ spending: SpendSettings, _ steps: [JournalEntry], at now: WallTime) -> Finding? {
        if let raise = spending.raise, let agreement = raise.agreement,
            agreement.account.user == raise.request.account.user
        {
            return .raisedAlone("\(agreement.account) asked for \(raise.limits) and agreed to it")
        }
        let held = spending.ceiling(at: now)
        guard !held.isWithin(SpendSettings().ceiling(at: now)) else { return nil }
        let day = Duration.milliseconds(Model.Limits.ceilingDelay)
        let isFounded = steps.indices.contains { index in
            let agreement = steps[index]
            guard agreement.action == CeilingSteps.agreed, now - agreement.at >= day else { return false }
            let request = steps[..<index].last { $0.action == CeilingSteps.asked }
            return request.map { $0.actor != agreement.actor } ?? false
        }
        return isFounded ? nil : .raisedAlone("it is \(held), and the journal has no two names for that")
    }
}

extension OutsideFacts {
    /// The budgets of all calls at home and of all others: each call takes from one of both.
    fileprivate var wholeBusiness: [SpendStanding] { standings.filter { $0.pool == .business || $0.pool == .home } }
}

extension SpendStanding {
    /// The budgets of which more is spent than they have and the overshoot that was published. Whoever lowered one since may have
    /// found it spent.
    func overspent(unlessChangedAt changed: WallTime?, at now: WallTime) -> [Line] {
        lines.filter { line in
            if let changed, now - changed < .seconds(line.span.seconds) { return false }
            return line.spent.micros - line.limit.micros > overshoot.micros
        }
    }
}

/// What the journal calls the steps to a higher ceiling.
public enum CeilingSteps {
    public static let asked = "ceiling.raise"
    public static let agreed = "ceiling.agree"
}

extension Finding {
    fileprivate static func otherSpending(isRead: Bool) -> Self {
        Finding(
            "other-settings",
            .spendLimit,
            .critical,
            "Calls are paid for by other limits than those that are stored.",
            evidence: isRead
                ? "what calls may cost is not the same in the running server and in the database"
                : "the settings in the database cannot be read",
            remedy: "start the server again; if this comes back, look who wrote to its folder: ringfence journal verify"
        )
    }

    fileprivate static func noPrices(_ trunk: TrunkName) -> Self {
        Finding(
            "no-prices",
            .spendLimit,
            .warning,
            "No call can leave by a trunk, because nothing has a price there.",
            evidence: "trunk \(trunk) has no price list of its own, and there is none for all",
            remedy: "import what your provider charges: ringfence rates import FILE"
        )
    }

    fileprivate static func raisedAlone(_ evidence: String) -> Self {
        Finding(
            "raised-alone",
            .spendLimit,
            .critical,
            "The ceiling above all budgets was raised without a second operator.",
            evidence: evidence,
            remedy:
                "lower it: ringfence spend ceiling lower --hour 50 --day 150 --week 500; then: ringfence journal verify"
        )
    }

    fileprivate static func overspent(_ standing: SpendStanding, _ line: SpendStanding.Line) -> Self {
        Finding(
            "overspent",
            .spendLimit,
            .critical,
            "More was spent than a budget has.",
            evidence:
                "\(standing.pool): \(line.spent) of \(line.limit) within \(line.span == .hour ? "an" : "a") \(line.span)"
                + "\(line.isAfterHours ? " while the business is closed" : "")",
            remedy: "disable the trunk, and compare with your provider's bill: ringfence record export"
        )
    }

    fileprivate static func forgotten(_ recorded: Money, _ spent: Money) -> Self {
        Finding(
            "forgotten-money",
            .spendLimit,
            .critical,
            "The books have forgotten what calls cost.",
            evidence: "calls of the last hour cost \(recorded) by their records, and \(spent) by the books",
            remedy: "start the server again, which reads them anew, and report the bug"
        )
    }

    fileprivate static func dearCall(_ record: CallRecord, _ charge: LegCharge) -> Self {
        Finding(
            "dear-call",
            .spendLimit,
            .critical,
            "A call cost more than any call may.",
            evidence: "record \(record.id) of \(charge.reservedAt): \(charge.counted) for a call to \(charge.number) "
                + "at \(charge.tariff)",
            remedy: "disable the trunk and report the bug: ringfence trunk disable \(charge.payer.trunk)"
        )
    }
}
