// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// A leg to the outside that runs: its price, what it has paid for, and when it is looked at next.
struct RunningCharge: Sendable {
    let id: ChargeID
    let payer: Payer
    let tariff: Tariff
    let longest: LongestCall
    var money: ChargedMoney
    /// Seconds that are reserved, a whole number of steps.
    var paid: Int64
    /// `nil` while it rings.
    var answeredAt: MonotonicTime?
    /// Why it was told to end; `nil` while it may go on.
    var end: EndedCharge.Reason?
    /// When to look at it.
    var dueAt: MonotonicTime

    init(
        id: ChargeID,
        payer: Payer,
        tariff: Tariff,
        longest: LongestCall,
        money: ChargedMoney,
        paid: Int64,
        dueAt: MonotonicTime
    ) {
        (self.id, self.payer, self.tariff, self.longest) = (id, payer, tariff, longest)
        (self.money, self.paid, self.dueAt) = (money, paid, dueAt)
    }

    var isEnding: Bool { end != nil }

    /// Nanoseconds since the answer; 0 while it rings.
    func spoken(until now: MonotonicTime) -> Int64 {
        guard let answeredAt, now > answeredAt else { return 0 }
        return Int64(clamping: now.nanoseconds - answeredAt.nanoseconds)
    }

    /// What it has cost until then; nothing while it rings.
    func cost(endedAt end: MonotonicTime) -> Money {
        tariff.cost(ofNanoseconds: answeredAt == nil ? nil : spoken(until: end))
    }

    /// When what is paid, or the longest time, is over within a lead.
    ///
    /// - Parameter lead: Nanoseconds.
    func nextLook(lead: Int64) -> MonotonicTime {
        guard let answeredAt else { return dueAt }
        let end = min(paid, longest.seconds) * 1_000_000_000
        return MonotonicTime(nanoseconds: answeredAt.nanoseconds &+ UInt64(max(0, end - lead)))
    }

    /// Seconds that must be paid to speak on for a lead, at least one more than are: a whole number of steps.
    func needed(at now: MonotonicTime, lead: Int64) -> Int64 {
        let covered = tariff.increments.billedSeconds(forNanoseconds: spoken(until: now) + lead)
        return max(covered, tariff.increments.billedSeconds(for: paid + 1))
    }

    /// Micro-units that so many seconds cost beyond what is reserved.
    func price(of seconds: Int64) -> Int64 { tariff.micros(forBilledSeconds: seconds) - money.reserved }

    /// Micro-units that may be spoken beyond what is paid when it is ended so much too late.
    func overshoot(lateBySeconds late: Int64) -> Int64 {
        let step = Int64(tariff.increments.next)
        let seconds = (min(max(0, late), Limits.longestLateness) + step - 1) / step * step
        return (tariff.perMinute.micros * seconds + 59) / 60
    }
}
