// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// What lets one leg leave by one trunk: the number was judged, has a price, and its first slice is reserved. Only
/// ``PaidCallGate/admit(_:over:as:in:_:_:)`` makes one, and an INVITE for a provider takes one. A class, because branch and leg
/// hold it.
public final class TrunkPermit: Sendable {
    public let trunk: TrunkName
    public let placement: Placement
    /// `nil` for a call for help, which costs nobody's budget.
    public let charge: LegCharge?

    init(_ placement: Placement, over trunk: TrunkName, charge: LegCharge?) {
        (self.placement, self.trunk, self.charge) = (placement, trunk, charge)
    }
}

/// The last gate before a trunk: every leg that leaves passes it once, whatever caused it, and is in its books until it ends.
public struct PaidCallGate: Sendable {
    public private(set) var ledger: Ledger

    /// - Parameter kept: What was charged in earlier runs, as far as budgets look back.
    public init(_ settings: OutsideSettings, kept: [LegCharge], at moment: LedgerMoment) {
        let entries = kept.sorted { $0.reservedAt < $1.reservedAt }.flatMap(\.entries)
        ledger = Ledger(recovering: entries, settings: settings.spending, at: moment)
    }

    public mutating func apply(_ settings: OutsideSettings, at now: WallTime) {
        ledger.apply(settings.spending, at: now)
    }

    /// Judges a leg that is about to leave, and reserves its money.
    public mutating func admit(
        _ placement: Placement,
        over trunk: Trunk,
        as id: ChargeID,
        in settings: OutsideSettings,
        at moment: LedgerMoment,
        _ turn: inout LedgerTurn
    ) -> Verdict<TrunkPermit> {
        guard let permit = placement.outside?.permit else {
            guard case .emergency = placement.target else { return .refused(.notOutside) }
            return .allowed(TrunkPermit(placement, over: trunk.name, charge: nil))
        }
        guard let number = placement.payer.number, let name = ShortName(parsing: trunk.name.text) else {
            return .refused(.notOutside)
        }
        guard let deck = settings.deck else { return .refused(.noDeck) }
        let isInternational = permit.facts.region != settings.dialing.numbering.home
        let price: PricedCall
        switch SpendRules.price(permit.facts.number, isInternational: isInternational, by: deck, at: moment.wall) {
        case .priced(let given): price = given
        case .refused(let refusal): return .refused(refusal.callRefusal(in: settings.spending.currency))
        }
        let payer = Payer(extension: number, trunk: name)
        switch ledger.reserve(id, for: payer, at: price, in: moment, &turn) {
        case .refused(let refusal): return .refused(refusal.callRefusal(in: settings.spending.currency))
        case .reserved, .running:
            let charge = LegCharge(id, payer, permit, price, reserved: turn.reserved(for: id), at: moment)
            return .allowed(TrunkPermit(placement, over: trunk.name, charge: charge))
        }
    }

    /// It was answered.
    ///
    /// - Returns: Whether it may be spoken.
    public mutating func answer(_ permit: TrunkPermit, at moment: LedgerMoment, _ turn: inout LedgerTurn) -> Bool {
        permit.charge.map { ledger.answer($0.id, in: moment, &turn) } ?? true
    }

    /// It is over, or was not answered and cannot be any more.
    ///
    /// - Returns: What it cost; `nil` when it was over before.
    @discardableResult
    public mutating func settle(_ permit: TrunkPermit, at moment: LedgerMoment, _ turn: inout LedgerTurn) -> Money? {
        permit.charge.flatMap { ledger.settle($0.id, endedAt: moment.now, in: moment, &turn) }
    }

    /// Takes the next slices of the legs that need one, and names those that must end.
    public mutating func tick(_ moment: LedgerMoment, _ turn: inout LedgerTurn) { ledger.tick(moment, &turn) }
}

extension LedgerTurn {
    fileprivate func reserved(for id: ChargeID) -> Money {
        for entry in entries.reversed() where entry.charge == id {
            if case .reserved(_, let micros) = entry.event { return Money(clamping: micros) }
        }
        return .zero
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
        control: PaidControls.spendLimit,
        reason: "no price list is there, and what has no price is not called; import one: ringfence rates import FILE"
    )
    fileprivate static let notOutside = CallRefusal(
        status: 403,
        control: PaidControls.spendLimit,
        reason: "nobody here pays for the call"
    )
}
