// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// The money of a business while its calls run: one value, which decides what may be spoken before it is.
///
/// Each leg to the outside takes its money in slices from all budgets of its payer together (``reserve(_:for:at:in:_:)``, then
/// ``tick(_:_:)``), keeps its place in them with the real cost when it ends (``settle(_:endedAt:in:_:)``), and gives the rest back.
/// A slice is there a tick and a second before it is needed: who calls ``tick(_:_:)`` as often as promised and ends legs within
/// a second overshoots nothing; ``overshoot(lateBy:)`` says what lateness costs.
///
/// An emergency call has no payer and never comes here. What it costs is nobody's budget.
///
/// O(1) for each step, O(log n) where a deadline is put in order; 300 bytes a leg, 1.4 KB a budget.
public struct Ledger: Sendable {
    public private(set) var settings: SpendSettings
    /// Milliseconds between two ticks at most.
    let tickLength: Int64
    var books = SpendBooks()
    var charges: [RunningCharge?] = []
    var free: [Int32] = []
    var places: [ChargeID: Int32] = [:]
    var due = DeadlineQueue<Wake>()
    var settled = SettledCharges()
    /// Legs that were running when the ledger before this one ended. They count with what was reserved for them.
    public internal(set) var interrupted: [ChargeID] = []
    /// Where the time of the ledger begins, in milliseconds of the monotonic clock.
    private let origin: Int64
    private var ceiling: SpendLimits

    /// Who is to be looked at.
    struct Wake: Sendable {
        let place: Int32
        let charge: ChargeID
    }

    /// - Parameter tick: How often ``tick(_:_:)`` is called at least: 100 milliseconds to 10 seconds.
    public init(settings: SpendSettings, at moment: LedgerMoment, tick: Duration = .milliseconds(Limits.spendTick)) {
        self.settings = settings
        tickLength = min(max(100, tick.wholeMilliseconds), 10_000)
        origin = moment.now.wholeMilliseconds
        ceiling = settings.ceiling(at: moment.wall)
    }

    /// How long before a slice is used up the next one is taken, in nanoseconds: a tick, and the time to end a call.
    var lead: Int64 { (tickLength + Limits.spendEnding) * 1_000_000 }

    /// Milliseconds of the ledger, which leave room for what happened before it began.
    func time(_ now: MonotonicTime) -> Int64 { max(now.wholeMilliseconds - origin, 0) + Limits.ledgerMemory }

    /// What a budget may spend now.
    func limiting(_ pool: SpendPool, at now: WallTime) -> SpendBooks.Limiting { Self.limiting(pool, settings, now) }

    /// The ceiling has no smaller part for closed hours: the budgets below it have.
    private static func limiting(
        _ pool: SpendPool,
        _ settings: SpendSettings,
        _ now: WallTime
    ) -> SpendBooks.Limiting {
        let limits = settings.limits(of: pool, at: now)
        return (limits, pool == .ceiling ? limits : limits.percent(settings.afterHours))
    }

    /// Takes other settings. What is spent stays spent; legs go on until a budget has no room for their next slice.
    public mutating func apply(_ settings: SpendSettings, at now: WallTime) {
        (self.settings, ceiling) = (settings, settings.ceiling(at: now))
        var books = SpendBooks()
        swap(&books, &self.books)
        books.limit { limiting($0, at: now) }
        swap(&books, &self.books)
    }

    /// A raise of the ceiling may have become due.
    mutating func followCeiling(at now: WallTime) {
        if settings.raise != nil, settings.ceiling(at: now) != ceiling { apply(settings, at: now) }
    }

    // MARK: The steps of a leg

    public enum Reservation: Hashable, Sendable {
        /// The leg may begin as soon as the entry is on the disk.
        case reserved
        /// It was reserved before and runs; nothing was taken.
        case running
        case refused(SpendRefusal)
    }

    /// Takes the set-up price and the first slice from every budget of the payer, or nothing. No allocation for a refusal.
    ///
    /// The first slice is the first step of the tariff, or as many as cover a tick and a second.
    public mutating func reserve(
        _ charge: ChargeID,
        for payer: Payer,
        at price: PricedCall,
        in moment: LedgerMoment,
        _ turn: inout LedgerTurn
    ) -> Reservation {
        if places[charge] != nil { return .running }
        let tariff = price.tariff
        let seconds = tariff.increments.billedSeconds(forNanoseconds: lead)
        let micros = tariff.micros(forBilledSeconds: seconds)
        if let refusal = refusal(of: charge, price, first: micros) { return .refused(refusal) }
        let now = time(moment.now)
        guard runningCount < Limits.runningCharges, let chain = chain(of: payer, at: now, moment.wall)
        else {
            return .refused(.tooMany)
        }
        if let lack = books.lack(micros, in: chain, at: now, isAfterHours: !moment.isOpen) {
            books.tell(lack, at: now, &turn.alerts)
            return .refused(refusal(for: lack, first: micros))
        }
        begin(charge, payer, chain, price, seconds: seconds, micros, moment)
        books.tell(chain, at: now, &turn.alerts)
        turn.entries.append(entry(charge, moment, .reserved(payer, micros: micros)))
        return .reserved
    }

    /// It was answered: it costs from now on. A second time changes nothing.
    ///
    /// - Returns: Whether it may be spoken on. It may not when it was told to end while the answer was on its way, or when nothing
    ///   was reserved for it: then a BYE follows at once.
    public mutating func answer(_ charge: ChargeID, in moment: LedgerMoment, _ turn: inout LedgerTurn) -> Bool {
        guard let place = places[charge], var leg = charges[Int(place)] else { return false }
        guard leg.answeredAt == nil else { return !leg.isEnding }
        leg.answeredAt = moment.now
        leg.money.move(to: time(moment.now), in: &books)
        turn.entries.append(entry(charge, moment, .answered))
        if !leg.isEnding { leg.dueAt = leg.nextLook(lead: lead) }
        charges[Int(place)] = leg
        if !leg.isEnding { due.insert(Wake(place: place, charge: charge), at: leg.dueAt) }
        return !leg.isEnding
    }

    /// It is over: what it really cost stays, the rest is free again. A second time changes nothing.
    ///
    /// - Parameter end: When the BYE was seen, or when the last audio was where none came.
    /// - Returns: What it cost; `nil` when it is not running.
    @discardableResult
    public mutating func settle(
        _ charge: ChargeID,
        endedAt end: MonotonicTime,
        in moment: LedgerMoment,
        _ turn: inout LedgerTurn
    ) -> Money? {
        guard let place = places[charge], var leg = charges[Int(place)] else { return nil }
        let cost = leg.cost(endedAt: end)
        leg.money.settle(cost.micros, at: time(moment.now), isAfterHours: !moment.isOpen, in: &books)
        remove(charge, at: place)
        books.tell(leg.money.chain, at: time(moment.now), &turn.alerts)
        turn.entries.append(entry(charge, moment, .settled(micros: cost.micros)))
        return cost
    }

    /// It was not answered and cannot be any more: its final response is there, or its transaction has timed out. All of its money
    /// is free again. What was answered costs what it has cost until now.
    public mutating func cancel(_ charge: ChargeID, in moment: LedgerMoment, _ turn: inout LedgerTurn) {
        settle(charge, endedAt: moment.now, in: moment, &turn)
    }

    // MARK: Within

    private func refusal(of charge: ChargeID, _ price: PricedCall, first micros: Int64) -> SpendRefusal? {
        if settled.contains(charge) { return .repeated }
        if let refusal = SpendRules.refusal(of: price, in: settings) { return refusal }
        if micros > settings.perCall.micros {
            return .perCall(first: Money(clamping: micros), limit: settings.perCall)
        }
        return nil
    }

    private func refusal(for lack: BudgetLack, first micros: Int64) -> SpendRefusal {
        let account = books.accounts[lack.place]
        return .budget(
            account.pool,
            lack.span,
            isAfterHours: lack.isAfterHours,
            first: Money(clamping: micros),
            spent: account.spent(lack.span, isAfterHours: lack.isAfterHours),
            limit: account.limit(lack.span, isAfterHours: lack.isAfterHours)
        )
    }

    mutating func chain(of payer: Payer, at now: Int64, _ wall: WallTime) -> SpendBooks.Chain? {
        let settings = settings
        return books.chain(of: payer, at: now, isSet: { settings.own[$0] != nil }) { Self.limiting($0, settings, wall) }
    }

    func entry(_ charge: ChargeID, _ moment: LedgerMoment, _ event: LedgerEntry.Event) -> LedgerEntry {
        LedgerEntry(charge: charge, at: moment.wall, isAfterHours: !moment.isOpen, event: event)
    }

    private mutating func begin(
        _ charge: ChargeID,
        _ payer: Payer,
        _ chain: SpendBooks.Chain,
        _ price: PricedCall,
        seconds: Int64,
        _ micros: Int64,
        _ moment: LedgerMoment
    ) {
        var money = ChargedMoney(chain: chain)
        money.take(micros, at: time(moment.now), isAfterHours: !moment.isOpen, from: &books)
        let longest = price.isInternational ? settings.longestInternational : settings.longestNational
        let leg = RunningCharge(
            id: charge,
            payer: payer,
            tariff: price.tariff,
            longest: longest,
            money: money,
            paid: seconds,
            dueAt: moment.now + Limits.longestRinging
        )
        let place = free.popLast() ?? Int32(charges.count)
        if Int(place) == charges.count { charges.append(leg) } else { charges[Int(place)] = leg }
        places[charge] = place
        due.insert(Wake(place: place, charge: charge), at: leg.dueAt)
    }

    private mutating func remove(_ charge: ChargeID, at place: Int32) {
        charges[Int(place)] = nil
        places[charge] = nil
        free.append(place)
        settled.insert(charge)
    }
}

extension MonotonicTime {
    var wholeMilliseconds: Int64 { Int64(clamping: nanoseconds / 1_000_000) }
}

extension Duration {
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? .max : milliseconds + attoseconds / 1_000_000_000_000_000
    }
}
