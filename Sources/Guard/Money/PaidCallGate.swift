// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// What lets one leg leave by one trunk: the number was judged, has a price, fits the limits and patterns of its payer, and its
/// first slice is reserved. Only ``PaidCallGate`` makes one, and an INVITE for a provider takes one. A class, because branch and
/// leg hold it.
public final class TrunkPermit: Sendable {
    public let trunk: TrunkName
    public let placement: Placement
    /// `nil` for a call for help, which costs nobody's budget.
    public let charge: LegCharge?

    init(_ placement: Placement, over trunk: TrunkName, charge: LegCharge?) {
        (self.placement, self.trunk, self.charge) = (placement, trunk, charge)
    }
}

/// The last gate before a trunk (rule PAID): every leg that leaves passes it once, whatever caused it, and is in its books until it
/// ends. One value for a business.
public struct PaidCallGate: Sendable {
    /// Of extensions that share a budget with others.
    private var groups: [ExtensionNumber: ShortName]
    public private(set) var ledger: Ledger
    public internal(set) var patterns: CallPatterns
    private var limits: CallLimits
    /// Calls of a day to ranges with a quota.
    var hotSpots = HotSpotTally()
    /// What came of it, until whoever asks has dealt with it.
    public private(set) var outcome = Outcome()

    /// What is to be written down, ended and told.
    public struct Outcome: Sendable {
        public var money = LedgerTurn()
        /// What call patterns want people to know, each with whom it is about.
        public var findings: [PatternFinding] = []
        /// Calls that are more, or faster, than there may be.
        public var excesses: [CallExcess] = []

        public var isEmpty: Bool {
            money.entries.isEmpty && money.ends.isEmpty && money.alerts.isEmpty && findings.isEmpty && excesses.isEmpty
        }
    }

    /// - Parameters:
    ///   - kept: What was charged in earlier runs, as far as budgets look back.
    ///   - seed: 128 random bits.
    public init(_ snapshot: Snapshot, kept: [LegCharge] = [], seed: (UInt64, UInt64), at moment: LedgerMoment) {
        let settings = snapshot.outside
        groups = snapshot.spendingGroups
        let entries = kept.sorted { $0.reservedAt < $1.reservedAt }.flatMap(\.entries)
        ledger = Ledger(recovering: entries, settings: settings.spending, at: moment)
        patterns = CallPatterns(
            home: settings.dialing.numbering.home ?? .international,
            extensions: snapshot.extensions.count,
            settings: settings.patterns,
            afterHours: settings.afterHours,
            seed: seed,
            at: moment.now
        )
        limits = CallLimits(
            extensions: snapshot.extensions.count,
            settings: settings.callLimits,
            seed: seed,
            at: moment.now
        )
    }

    /// Follows the settings. What was spent and counted stays.
    public mutating func apply(_ snapshot: Snapshot, at now: WallTime) {
        let settings = snapshot.outside
        groups = snapshot.spendingGroups
        ledger.apply(settings.spending, at: now)
        patterns.follow(
            settings.patterns,
            settings.afterHours,
            home: settings.dialing.numbering.home ?? .international,
            extensions: snapshot.extensions.count
        )
        limits.follow(settings.callLimits, extensions: snapshot.extensions.count)
    }

    /// Takes what came of the questions so far, so that it is dealt with once.
    public mutating func takeOutcome() -> Outcome {
        var taken = Outcome()
        swap(&taken, &outcome)
        return taken
    }

    // MARK: A leg

    /// Judges a leg that is about to leave over a trunk, and reserves its money.
    ///
    /// - Parameters:
    ///   - id: Never used before.
    ///   - isBothOutside: Whether who it is connected with is outside of the business too.
    public mutating func admit(
        _ placement: Placement,
        over trunk: Trunk,
        as id: ChargeID,
        isBothOutside: Bool,
        in settings: OutsideSettings,
        at moment: LedgerMoment
    ) -> Verdict<TrunkPermit> {
        guard let outside = placement.outside else { return .refused(.notOutside) }
        if let refusal = DialInRules.refusal(of: placement) { return .refused(refusal) }
        guard let permit = outside.permit else {
            return .allowed(TrunkPermit(placement, over: trunk.name, charge: nil))
        }
        guard let number = placement.payer.number, let name = ShortName(parsing: trunk.name.text) else {
            return .refused(.notOutside)
        }
        guard let deck = settings.rates.deck(of: trunk.name) else { return .refused(.noDeck) }
        let price: PricedCall
        switch self.price(permit, by: deck, in: settings, at: moment.wall) {
        // Who tries numbers that have no price tries what is open.
        case .refused(let refusal):
            return refused(
                refusal,
                OutsideAttempt(permit.facts, permit.way, by: number, isOpen: moment.isOpen),
                at: moment.now
            )
        case .allowed(let given): price = given
        }
        var attempt = OutsideAttempt(permit.facts, permit.way, by: number, isOpen: moment.isOpen, price.tariff)
        attempt.isBothOutside = isBothOutside
        let pace = CallLimits.Attempt(caller: number, trunk: trunk.name.text, isAbroad: price.isInternational)
        if let excess = limits.judge(pace, at: moment.now) {
            outcome.excesses.append(excess)
            let refusal = excess.refusal
            // That a trunk is full says nothing about who calls.
            return refusal.isOfTrunk ? .refused(refusal) : refused(refusal, attempt, at: moment.now)
        }
        if let spot = permit.quota, hotSpots.isUsedUp(spot, at: moment.now) {
            let refusal = DialingRefusal(permit.facts, permit.way, .quotaUsed(spot)).callRefusal
            return refused(refusal, attempt, at: moment.now)
        }
        if let refusal = weigh(attempt, at: moment.now) { return .refused(refusal) }
        let payer = Payer(extension: number, group: groups[number], trunk: name, isAtHome: price.isAtHome)
        switch ledger.reserve(id, for: payer, at: price, in: moment, &outcome.money) {
        case .refused(let refusal):
            return refused(refusal.callRefusal(in: settings.spending.currency), attempt, at: moment.now)
        case .reserved, .running: break
        }
        // Only what has its money takes of the quota.
        if let spot = permit.quota { hotSpots.take(spot, at: moment.now) }
        limits.started(id.value, pace, at: moment.now)
        patterns.started(id.value, attempt, at: moment.now)
        let charge = LegCharge(id, payer, permit, price, reserved: outcome.money.reserved(for: id), at: moment)
        return .allowed(TrunkPermit(placement, over: trunk.name, charge: charge))
    }

    private func price(
        _ permit: DialingPermit,
        by deck: RateDeck,
        in settings: OutsideSettings,
        at now: WallTime
    ) -> Verdict<PricedCall> {
        let isInternational = permit.facts.region != settings.dialing.numbering.home
        let price = SpendRules.price(
            permit.facts.number,
            isInternational: isInternational,
            ordinary: permit.facts.isHighRisk ? nil : settings.spending.ordinaryPerMinute,
            by: deck,
            at: now
        )
        switch price {
        case .priced(let price): return .allowed(price)
        case .refused(let refusal): return .refused(refusal.callRefusal(in: settings.spending.currency))
        }
    }

    /// Asks the patterns. Who could confirm a call has nothing to confirm it with yet: it leaves and people are told, or an operator
    /// has to let it go.
    private mutating func weigh(_ attempt: OutsideAttempt, at now: MonotonicTime) -> CallRefusal? {
        let verdict = patterns.judge(attempt, at: now)
        note(verdict)
        if case .confirm(let finding) = verdict, !patterns.mustConfirm(finding, attempt) { return nil }
        return verdict.refusal
    }

    private mutating func refused(
        _ refusal: CallRefusal,
        _ attempt: OutsideAttempt,
        at now: MonotonicTime
    ) -> Verdict<TrunkPermit> {
        note(patterns.refused(attempt, at: now))
        return .refused(refusal)
    }

    /// A rule refused a number before anybody asked for a trunk: somebody may be trying what is open (row T01).
    public mutating func refused(
        _ facts: NumberFacts,
        _ way: DialingWay,
        by caller: ExtensionNumber,
        at moment: LedgerMoment
    ) {
        let attempt = OutsideAttempt(facts, way, by: caller, isOpen: moment.isOpen)
        note(patterns.refused(attempt, at: moment.now))
    }

    private mutating func note(_ verdict: PatternVerdict) {
        if let finding = verdict.finding, finding.isNew { outcome.findings.append(finding) }
    }

    /// It was answered.
    ///
    /// - Returns: Whether it may be spoken; if not, a BYE follows at once.
    public mutating func answer(_ permit: TrunkPermit, at moment: LedgerMoment) -> Bool {
        guard let charge = permit.charge else { return true }
        patterns.answered(charge.id.value, at: moment.now)
        return ledger.answer(charge.id, in: moment, &outcome.money)
    }

    /// It is over, or was not answered and cannot be any more. A second time changes nothing.
    public mutating func settle(_ permit: TrunkPermit, after spoken: Duration, at moment: LedgerMoment) {
        guard let charge = permit.charge else { return }
        limits.ended(charge.id.value)
        let cost = ledger.settle(charge.id, endedAt: moment.now, in: moment, &outcome.money)
        guard let cost else { return }
        patterns.ended(charge.id.value, after: spoken, cost: cost.micros, at: moment.now)
    }

    // MARK: What else is seen of extensions and callers

    /// Something of an extension changed: its calls are looked at more closely for a day.
    public mutating func changed(_ number: ExtensionNumber, _ change: CallPatterns.Change, at now: MonotonicTime) {
        patterns.changed(number, change, at: now)
    }

    /// A call from outside rang an extension and was given up.
    public mutating func rang(
        from number: PhoneNumber,
        at called: ExtensionNumber,
        for duration: Duration,
        now: MonotonicTime
    ) {
        if let finding = patterns.rang(from: number, at: called, for: duration, now: now) {
            outcome.findings.append(finding)
        }
    }

    // MARK: For people

    /// How every budget stands that anything was taken from.
    public mutating func standings(at moment: LedgerMoment) -> [SpendStanding] {
        ledger.standings(at: moment)
    }

    /// Whose calls are stopped.
    public mutating func stops(at now: MonotonicTime) -> [PatternFinding] { patterns.stops(at: now) }

    /// Lets somebody call again.
    ///
    /// - Returns: Whether they were stopped.
    public mutating func release(_ subject: PatternFinding.Subject, at now: MonotonicTime) -> Bool {
        patterns.release(subject, at: now)
    }

    // MARK: Time, and what else happens

    /// When ``tick(_:)`` is needed next; `nil` while nobody pays.
    public var nextTick: MonotonicTime? { ledger.nextLook }

    /// Takes the next slices of the legs that need one, and names those that must end.
    public mutating func tick(_ moment: LedgerMoment) {
        ledger.tick(moment, &outcome.money)
        for long in patterns.tick(at: moment.now) {
            note(long.verdict)
            guard case .block(let finding) = long.verdict, let longest = LongestCall(minutes: finding.threshold) else {
                continue
            }
            let end = EndedCharge(charge: ChargeID(long.call), reason: .duration(longest), isRinging: false)
            outcome.money.ends.append(end)
        }
    }
}

extension LedgerTurn {
    fileprivate func reserved(for id: ChargeID) -> Money {
        for entry in entries.reversed() where entry.charge == id {
            if case .reserved(_, let micros) = entry.event { return Money(clamping: micros) }
        }
        return .zero
    }
}

extension Snapshot {
    /// Extensions that take each other's calls share a budget under the name of their group.
    fileprivate var spendingGroups: [ExtensionNumber: ShortName] {
        extensions.compactMapValues { $0.pickupGroup.flatMap { ShortName(parsing: $0.text) } }
    }
}

extension OutsideAttempt {
    /// - Parameter tariff: `nil` for a call that was refused before it had one.
    fileprivate init(
        _ facts: NumberFacts,
        _ way: DialingWay,
        by caller: ExtensionNumber,
        isOpen: Bool,
        _ tariff: Tariff? = nil
    ) {
        self.init(
            caller: caller,
            number: facts.number,
            region: facts.region ?? .international,
            numberClass: facts.numberClass,
            minutePrice: tariff?.perMinute.micros ?? 0,
            way: OutsideAttempt.Way(way),
            isOpen: isOpen
        )
        isHighRisk = facts.isHighRisk
    }
}

extension OutsideAttempt.Way {
    fileprivate init(_ way: DialingWay) {
        self =
            switch way {
            case .dialled, .clicked: .dialled
            case .forwarded: .forwarded
            case .redirected: .redirected
            case .transferred: .transferred
            case .calledBack: .parked
            case .conferenced: .conference
            case .dialledIn, .requested: .requested
            }
    }
}

extension LegCharge {
    fileprivate init(
        _ id: ChargeID,
        _ payer: Payer,
        _ permit: DialingPermit,
        _ price: PricedCall,
        reserved: Money,
        at moment: LedgerMoment
    ) {
        self.init(
            id: id,
            payer: payer,
            number: price.number,
            region: permit.facts.region,
            numberClass: permit.facts.numberClass,
            deck: price.deck,
            version: price.version,
            prefix: price.rating.prefix,
            tariff: price.tariff,
            currency: price.currency,
            reserved: reserved,
            reservedAt: moment.wall,
            isAfterHours: !moment.isOpen
        )
    }
}

extension CallRefusal {
    fileprivate static let noDeck = CallRefusal(
        status: 403,
        control: .spendLimit,
        reason: "there is no price list, and what has no price is not called; import one: ringfence rates import FILE"
    )
    fileprivate static let notOutside = CallRefusal(
        status: 403,
        control: .spendLimit,
        reason: "nobody here pays for the call"
    )
}
