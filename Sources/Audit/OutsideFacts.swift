// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives

/// Calls that leave the business, as the checks see them.
public struct OutsideFacts: Sendable {
    /// What the loop that decides calls holds at this moment.
    public var inForce: OutsideSettings
    /// What the database says, read again; `nil` when it cannot be read.
    public var stored: OutsideSettings?
    /// When somebody last changed where calls may go, and what they may cost; `nil` when nobody ever did.
    public var dialingChangedAt: WallTime?
    public var spendingChangedAt: WallTime?
    /// When somebody last changed how the business may call.
    public var patternsChangedAt: WallTime?
    /// When somebody last changed the hours or the holidays.
    public var hoursChangedAt: WallTime?
    /// Whether the limits of the day held at a time, by the hours and holidays of now.
    public var wasOpen: @Sendable (WallTime) -> Bool = { _ in true }
    /// Whose calls are stopped.
    public var stops: [PatternFinding] = []
    /// Who asked for a higher ceiling and who agreed, from the journal, oldest first.
    public var ceilingSteps: [JournalEntry]
    /// How every budget stands that anything was taken from. Asked after the records were read.
    public var standings: [SpendStanding]

    public init(
        inForce: OutsideSettings,
        stored: OutsideSettings?,
        dialingChangedAt: WallTime? = nil,
        spendingChangedAt: WallTime? = nil,
        ceilingSteps: [JournalEntry] = [],
        standings: [SpendStanding] = []
    ) {
        (self.inForce, self.stored, self.standings) = (inForce, stored, standings)
        (self.dialingChangedAt, self.spendingChangedAt) = (dialingChangedAt, spendingChangedAt)
        self.ceilingSteps = ceilingSteps
    }
}

extension OutsideFacts {
    /// Whether the limits of the day held at a time. What the night switch closes, it closes from when it was switched on: whether it
    /// was closed before then is not known any more, and the hours alone speak.
    ///
    /// - Parameters:
    ///   - hours: Whether the business was open by hours and holidays.
    ///   - switchedAt: When somebody last switched, by a command or by a phone; `nil` for never.
    public static func wasOpen(
        by hours: @escaping @Sendable (WallTime) -> Bool,
        in routing: RoutingSettings,
        switchedAt: WallTime?
    ) -> @Sendable (WallTime) -> Bool {
        { time in
            let isSwitchedThen = switchedAt.map { $0 < time } ?? true
            return isSwitchedThen ? routing.isDay(by: hours(time)) : hours(time)
        }
    }
}

/// A leg that left by a trunk, judged once more by the rules of now.
struct LeftCall {
    let record: CallRecord
    let charge: LegCharge
    /// Why it should not have left; `nil` where it may, or where the rules have changed since, so that nobody can tell.
    let refusal: DialingRefusal?

    /// Every leg in the records that left for a price.
    static func all(in system: LiveSystem) -> [LeftCall] {
        system.records.flatMap { record in
            record.charges.map { LeftCall(record, $0, system.outside) }
        }
    }

    private init(_ record: CallRecord, _ charge: LegCharge, _ facts: OutsideFacts) {
        (self.record, self.charge) = (record, charge)
        let dialing = facts.inForce.dialing
        let verdict = DialingRules.decide(
            NumberPlan.facts(of: charge.number, own: dialing.ranges),
            record.forwardedBy.isEmpty ? .dialled : .redirected,
            by: charge.payer.extension,
            in: dialing,
            at: charge.reservedAt
        )
        let isComparable = facts.dialingChangedAt.map { $0 < charge.reservedAt } ?? true
        switch verdict {
        // No setting opens these, whatever changed.
        case .refused(let refusal): self.refusal = isComparable || refusal.reason == .never ? refusal : nil
        case .allowed, .screened, .needsCode, .needsPerson: refusal = nil
        }
    }
}
