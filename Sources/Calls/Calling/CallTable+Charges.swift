// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// The money of legs that leave by trunks: reserved before they ring, taken in slices while they are spoken, and settled when they
/// end. What a leg costs stands in the record of its call, which is written again with each slice.
extension CallTable {
    /// Passes the last gate before a trunk.
    mutating func admit(
        _ placement: Placement,
        over trunk: Trunk,
        in serial: UInt64,
        _ desk: inout Desk
    ) -> Verdict<TrunkPermit> {
        let isBothOutside = self[serial]?.caller.trunk != nil
        if desk.gate == nil { desk.openGate() }
        let (moment, id) = (desk.ledgerMoment, ChargeID(desk.entropy.next()))
        let settings = desk.snapshot.outside
        let verdict = desk.gate?.admit(
            placement,
            over: trunk,
            as: id,
            isBothOutside: isBothOutside,
            in: settings,
            at: moment
        )
        if case .allowed(let permit)? = verdict, let charge = permit.charge {
            chargedCalls[charge.id] = serial
            self[serial]?.record.charges.append(charge)
        }
        followLedger(&desk)
        return verdict ?? .refused(CallRefusal(status: 503, control: nil, reason: "no trunk is there"))
    }

    /// A number was refused before it came to the gate.
    ///
    /// - Parameter caller: Who would have paid.
    mutating func noteRefused(
        _ refusal: CallRefusal,
        _ way: DialingWay,
        by caller: ExtensionNumber,
        _ desk: inout Desk
    ) {
        guard let number = refusal.number, desk.gate != nil else { return }
        let moment = desk.ledgerMoment
        desk.gate?.refused(number, way, by: caller, at: moment)
        followLedger(&desk)
    }

    /// A call from outside that nobody answered: whoever rings for a moment may want to be called back (row T02). Only what the
    /// caller gave up counts.
    mutating func noteRung(_ call: Call, _ outcome: CallOutcome, _ desk: inout Desk) {
        guard outcome == .cancelled, desk.gate != nil, call.caller.trunk != nil,
            case .ringing(let ringing) = call.phase, case .outside(let number?) = call.record.caller
        else { return }
        let (now, rung) = (desk.now.monotonic, Set(ringing.branches.compactMap(\.party.number)))
        let duration = desk.now.wall - call.record.startedAt
        for called in rung { desk.gate?.rang(from: number, at: called, for: duration, now: now) }
        followLedger(&desk)
    }

    /// Somebody outside answered.
    ///
    /// - Returns: Whether it may be spoken.
    mutating func answer(_ permit: TrunkPermit?, _ desk: inout Desk) -> Bool {
        guard let permit else { return true }
        let moment = desk.ledgerMoment
        let isPaid = desk.gate?.answer(permit, at: moment) ?? false
        followLedger(&desk)
        return isPaid
    }

    /// A leg is over, or cannot come about any more. A second time changes nothing.
    mutating func settle(_ permit: TrunkPermit?, answeredAt answer: MonotonicTime? = nil, _ desk: inout Desk) {
        guard let permit, let charge = permit.charge, chargedCalls[charge.id] != nil else { return }
        let spoken = answer.map { desk.now.monotonic - $0 } ?? .zero
        let moment = desk.ledgerMoment
        desk.gate?.settle(permit, after: spoken, at: moment)
        followLedger(&desk)
        chargedCalls[charge.id] = nil
    }

    mutating func settle(_ endpoint: Endpoint, _ desk: inout Desk) {
        if let leg = endpoint.leg { settle(leg.permit, answeredAt: leg.since, &desk) }
    }

    /// Charges of legs that stay go with the record that their call has from now on.
    ///
    /// - Returns: What is left in the record of the call that is over.
    mutating func moveCharges(from old: CallRecord, to next: inout CallRecord, of serial: UInt64) -> [LegCharge] {
        for charge in old.charges where charge.cost == nil && !next.charges.contains(where: { $0.id == charge.id }) {
            next.charges.append(charge)
        }
        for charge in next.charges where chargedCalls[charge.id] != nil { chargedCalls[charge.id] = serial }
        return old.charges.filter { $0.cost != nil }
    }

    /// Slices that are due, and legs that have none left.
    mutating func tickLedger(_ desk: inout Desk) {
        guard let next = desk.gate?.nextTick, next <= desk.now.monotonic else { return }
        let moment = desk.ledgerMoment
        desk.gate?.tick(moment)
        followLedger(&desk)
    }

    /// Deals with what came of a question to the gate.
    mutating func followLedger(_ desk: inout Desk) {
        guard let outcome = desk.gate?.takeOutcome(), !outcome.isEmpty else { return }
        for entry in outcome.money.entries { follow(entry, &desk) }
        for alert in outcome.money.alerts { desk.tell(alert) }
        for finding in outcome.findings { desk.tell(finding) }
        for excess in outcome.excesses { desk.tell(excess) }
        for end in outcome.money.ends { self.end(end, &desk) }
    }

    private mutating func follow(_ entry: LedgerEntry, _ desk: inout Desk) {
        guard let serial = chargedCalls[entry.charge],
            let index = self[serial]?.record.charges.firstIndex(where: { $0.id == entry.charge })
        else {
            followLate(entry, &desk)
            return
        }
        self[serial]?.record.charges[index].follow(entry)
        // What it settles is written with the end of its call; what it reserves before it is spoken.
        if case .extended = entry.event, let record = self[serial]?.record {
            desk.turn.actions.append(.remember(record, nil))
        }
    }

    /// The call is over, and its provider has said the last word.
    private mutating func followLate(_ entry: LedgerEntry, _ desk: inout Desk) {
        guard var record = owingRecords[entry.charge],
            let index = record.charges.firstIndex(where: { $0.id == entry.charge })
        else { return }
        record.charges[index].follow(entry)
        owingRecords[entry.charge] = record.charges[index].cost == nil ? record : nil
        desk.turn.actions.append(.remember(record, nil))
    }

    /// Keeps the record of a call that is over until the costs of its legs are known.
    mutating func keepOwing(_ call: Call) {
        for charge in call.record.charges where charge.cost == nil && chargedCalls[charge.id] == call.serial {
            owingRecords[charge.id] = call.record
        }
    }

    /// There is no money for a leg any more: ringing ends as well as talking (DEMANDS D4).
    private mutating func end(_ end: EndedCharge, _ desk: inout Desk) {
        guard let serial = chargedCalls[end.charge], let call = self[serial] else { return }
        let reason = end.sentence(in: desk.snapshot.outside.spending.currency)
        desk.tellEnded(call.record, because: reason)
        guard end.isRinging else {
            self.end(serial, because: reason, &desk)
            return
        }
        var refused = Refused(status: 403, outcome: .refused, control: .spendLimit, reason: reason)
        refused.warning = .other
        self.end(serial, as: refused, &desk)
    }
}

extension Desk {
    /// - Parameter charges: What was charged in earlier runs.
    mutating func openGate(_ charges: [LegCharge] = []) {
        gate = PaidCallGate(snapshot, kept: charges, seed: (entropy.next(), entropy.next()), at: ledgerMoment)
    }

    /// - Parameter counted: What an earlier run has counted; `nil` where it could not be read.
    mutating func takeUp(_ counted: CountedCalls?) {
        if gate == nil, counted != nil { openGate() }
        let (snapshot, moment) = (snapshot, ledgerMoment)
        if let counted, gate?.takeUp(counted, in: snapshot, at: moment) == true { return }
        let event = SecurityEvent(
            at: now.wall,
            kind: .countersLost,
            source: .machine,
            detail: "what was counted of calls outside before the start could not be read: stops that held are over, "
                + "and everything is counted anew"
        )
        turn.actions.append(.report(event))
    }

    /// The gate follows the settings, and is there as soon as there is a trunk.
    mutating func followGate() {
        if gate != nil {
            let (snapshot, wall) = (snapshot, now.wall)
            gate?.apply(snapshot, at: wall)
        } else if !snapshot.outside.trunks.isEmpty {
            openGate()
        }
    }

    /// Tells the gate whose credential or right to forward is not what it was.
    mutating func noteChanges(since before: Snapshot) {
        guard gate != nil else { return }
        let time = now.monotonic
        for device in snapshot.devices.values where before.devices[device.username]?.id != device.id {
            gate?.changed(device.number, .credential, at: time)
        }
        for (number, value) in snapshot.extensions {
            guard let old = before.extensions[number], old.forwarding != value.forwarding else { continue }
            gate?.changed(number, .forwarding, at: time)
        }
    }

    /// Now, as the ledger needs it.
    var ledgerMoment: LedgerMoment { LedgerMoment(now: now.monotonic, wall: now.wall, isOpen: isDay) }

    fileprivate mutating func tell(_ alert: SpendAlert) {
        let event = SecurityEvent(
            at: now.wall,
            kind: .budgetUsed,
            source: .machine,
            subject: alert.subject,
            detail: alert.sentence(in: snapshot.outside.spending.currency)
        )
        turn.actions.append(.report(event))
    }

    fileprivate mutating func tell(_ finding: PatternFinding) {
        let event = SecurityEvent(
            at: now.wall,
            kind: finding.stop != nil
                ? .callsStopped : finding.rule.control == .afterHours ? .callWhileClosed : .unusualCalls,
            source: .machine,
            subject: finding.subject.extension,
            detail: [finding.sentence, finding.remedy].compactMap(\.self).joined(separator: ". ")
        )
        turn.actions.append(.report(event))
    }

    fileprivate mutating func tell(_ excess: CallExcess) {
        let event = SecurityEvent(
            at: now.wall,
            kind: .callLimit,
            source: .machine,
            subject: excess.subject.event,
            detail: excess.refusal.reason
        )
        turn.actions.append(.report(event))
    }

    fileprivate mutating func tellEnded(_ record: CallRecord, because reason: String) {
        let event = SecurityEvent(
            at: now.wall,
            kind: .callEndedForCost,
            source: .machine,
            subject: record.caller.number.map(EventSubject.extension),
            detail: "the call to \(record.dialled) was ended: \(reason)"
        )
        turn.actions.append(.report(event))
    }
}

extension SpendAlert {
    fileprivate var subject: EventSubject? {
        switch pool {
        case .extension(let number), .extensionAtHome(let number): .extension(number)
        case .trunk(let name): TrunkName(parsing: name.text).map(EventSubject.trunk)
        case .business, .group, .home, .ceiling: nil
        }
    }
}

extension CallExcess.Subject {
    fileprivate var event: EventSubject? {
        switch self {
        case .extension(let number): .extension(number)
        case .trunk(let name): TrunkName(parsing: name).map(EventSubject.trunk)
        case .abroad, .business: nil
        }
    }
}

extension PatternFinding.Subject {
    fileprivate var `extension`: EventSubject? {
        if case .extension(let number) = self { .extension(number) } else { nil }
    }
}
