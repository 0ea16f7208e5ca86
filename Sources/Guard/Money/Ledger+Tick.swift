// SPDX-License-Identifier: Apache-2.0

import Model
public import Primitives

extension Ledger {
    /// When somebody is to be looked at next; `nil` when nobody runs. Ticks go on at their pace whatever it says.
    public var nextLook: MonotonicTime? { due.next }

    /// Looks at every leg whose slice ends soon: gives it the next one, or says that it must end. Costs nothing for the others.
    ///
    /// Where a budget has no room for the next slice of an answered leg, the ringing legs of that budget end as well unless there
    /// is room for theirs. Legs that should have ended are named again every five seconds, and go on to be counted.
    public mutating func tick(_ moment: LedgerMoment, _ turn: inout LedgerTurn) {
        followCeiling(at: moment.wall)
        var isExhausted = false
        while let wake = due.popDue(at: moment.now) {
            guard charges.indices.contains(Int(wake.place)), let leg = charges[Int(wake.place)], leg.id == wake.charge,
                leg.dueAt <= moment.now
            else { continue }
            isExhausted = look(at: leg, wake, moment, &turn) || isExhausted
        }
        if isExhausted { endRinging(moment, &turn) }
    }

    /// - Returns: Whether a budget had no room.
    private mutating func look(
        at leg: RunningCharge,
        _ wake: Wake,
        _ moment: LedgerMoment,
        _ turn: inout LedgerTurn
    ) -> Bool {
        var leg = leg
        defer {
            charges[Int(wake.place)] = leg
            due.insert(wake, at: leg.dueAt)
        }
        if leg.isEnding || leg.answeredAt == nil {
            end(&leg, leg.end ?? .unanswered, moment, &turn)
            return false
        }
        if leg.spoken(until: moment.now) + lead >= leg.longest.seconds * 1_000_000_000 {
            end(&leg, .duration(leg.longest), moment, &turn)
            return false
        }
        guard let obstacle = extend(&leg, moment, &turn) else {
            leg.dueAt = leg.nextLook(lead: lead)
            return false
        }
        return stop(&leg, obstacle, moment, &turn)
    }

    private enum Obstacle {
        case perCall
        case budget(BudgetLack)
    }

    /// Ends a leg whose next slice is not there.
    ///
    /// - Returns: Whether it was for want of room in a budget.
    private mutating func stop(
        _ leg: inout RunningCharge,
        _ obstacle: Obstacle,
        _ moment: LedgerMoment,
        _ turn: inout LedgerTurn
    ) -> Bool {
        switch obstacle {
        case .perCall:
            end(&leg, .perCall(settings.perCall), moment, &turn)
            return false
        case .budget(let lack):
            books.mark(lack.place, isExhausted: true)
            books.tell(lack, at: time(moment.now), &turn.alerts)
            end(&leg, reason(for: lack), moment, &turn)
            return true
        }
    }

    /// Takes a long slice where there is room, or else the shortest that does.
    ///
    /// - Returns: What is in the way; `nil` when it was taken.
    private mutating func extend(
        _ leg: inout RunningCharge,
        _ moment: LedgerMoment,
        _ turn: inout LedgerTurn
    ) -> Obstacle? {
        let shortest = leg.needed(at: moment.now, lead: lead)
        let longest = leg.tariff.increments.billedSeconds(for: shortest + Limits.sliceSeconds - 1)
        if obstacle(to: leg, seconds: longest, moment) == nil {
            take(longest, &leg, moment, &turn)
            return nil
        }
        if let obstacle = obstacle(to: leg, seconds: shortest, moment) { return obstacle }
        take(shortest, &leg, moment, &turn)
        return nil
    }

    private mutating func obstacle(to leg: RunningCharge, seconds: Int64, _ moment: LedgerMoment) -> Obstacle? {
        let micros = leg.price(of: seconds)
        if micros > settings.perCall.micros - leg.money.reserved { return .perCall }
        let lack = books.lack(micros, in: leg.money.chain, at: time(moment.now), isAfterHours: !moment.isOpen)
        return lack.map { .budget($0) }
    }

    private mutating func take(
        _ seconds: Int64,
        _ leg: inout RunningCharge,
        _ moment: LedgerMoment,
        _ turn: inout LedgerTurn
    ) {
        let now = time(moment.now)
        leg.money.take(leg.price(of: seconds), at: now, isAfterHours: !moment.isOpen, from: &books)
        leg.paid = seconds
        books.tell(leg.money.chain, at: now, &turn.alerts)
        let event = LedgerEntry.Event.extended(slice: leg.money.slices, micros: leg.money.reserved)
        turn.entries.append(entry(leg.id, moment, event))
    }

    private func end(
        _ leg: inout RunningCharge,
        _ reason: EndedCharge.Reason,
        _ moment: LedgerMoment,
        _ turn: inout LedgerTurn
    ) {
        leg.end = reason
        leg.dueAt = moment.now + Limits.endAgain
        turn.ends.append(EndedCharge(charge: leg.id, reason: reason, isRinging: leg.answeredAt == nil))
    }

    private func reason(for lack: BudgetLack) -> EndedCharge.Reason {
        let account = books.accounts[lack.place]
        let limit = account.limit(lack.span, isAfterHours: lack.isAfterHours)
        return .budget(account.pool, lack.span, isAfterHours: lack.isAfterHours, limit: limit)
    }

    // MARK: What rings

    /// Row D4 of the demands: what rings ends like what is answered. O(n), in a tick in which a budget had no room.
    private mutating func endRinging(_ moment: LedgerMoment, _ turn: inout LedgerTurn) {
        for place in charges.indices {
            guard var leg = charges[place], leg.answeredAt == nil, !leg.isEnding, draws(leg),
                case .budget(let lack) = obstacle(to: leg, seconds: leg.needed(at: moment.now, lead: lead), moment)
            else { continue }
            end(&leg, reason(for: lack), moment, &turn)
            charges[place] = leg
            due.insert(Wake(place: Int32(place), charge: leg.id), at: leg.dueAt)
        }
        for place in books.accounts.indices where books.accounts[place].isExhausted {
            books.mark(place, isExhausted: false)
        }
    }

    /// Whether it takes from a budget that had no room in this tick.
    private func draws(_ leg: RunningCharge) -> Bool {
        let chain = leg.money.chain
        for link in chain.indices where chain[link] >= 0 && books.accounts[Int(chain[link])].isExhausted { return true }
        return false
    }
}
