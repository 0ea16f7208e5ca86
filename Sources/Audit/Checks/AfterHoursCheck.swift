// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Compares the calls in the records with when the business was open (ATTACKS T09).
    static let afterHours = Check(.afterHours) { system in
        let (facts, night) = (system.outside, system.outside.inForce.afterHours)
        var findings: [Finding] = []
        if facts.stored?.afterHours != night { findings.append(.otherNight(isRead: facts.stored != nil)) }
        if system.snapshot.hours == nil { findings.append(.noHours) }
        let legs = system.records.flatMap { record in record.charges.map { (record, $0) } }
        for (record, charge) in legs {
            if facts.hoursChangedAt.map({ charge.reservedAt <= $0 }) ?? false { continue }
            if !charge.isAfterHours, facts.wasClosed(at: charge.reservedAt) { findings.append(.byDay(record, charge)) }
        }
        let home = facts.inForce.dialing.numbering.home
        for (record, charge) in legs where charge.isAfterHours && charge.region != home && night.abroad == .roster {
            if facts.patternsChangedAt.map({ charge.reservedAt <= $0 }) ?? false { continue }
            if !night.roster.contains(charge.payer.extension) { findings.append(.notOnRoster(record, charge)) }
        }
        let closed = legs.count { $0.1.isAfterHours }
        return CheckReport(
            control: .afterHours,
            examined: [
                system.snapshot.hours.map { "open: \($0)" } ?? "nobody has said when the business is open",
                "calls abroad while closed: \(night.abroad.rawValue), \(night.roster.count) on the roster",
                "\(legs.count) legs in the records that left by a trunk, \(closed) of them while closed",
            ],
            findings: findings
        )
    }
}

extension OutsideFacts {
    /// Also a minute before: the server looks at the clock once a minute.
    fileprivate func wasClosed(at time: WallTime) -> Bool { !wasOpen(time) && !wasOpen(time + .seconds(-60)) }
}

extension Finding {
    fileprivate static func otherNight(isRead: Bool) -> Self {
        Finding(
            "other-settings",
            .afterHours,
            .critical,
            "Calls while the business is closed are decided by other settings than those that are stored.",
            evidence: isRead
                ? "what is set for closed hours is not the same in the running server and in the database"
                : "the settings in the database cannot be read",
            remedy: "start the server again; if this comes back, look who wrote to its folder: ringfence journal verify"
        )
    }

    fileprivate static let noHours = Finding(
        "no-hours",
        .afterHours,
        .notice,
        "Nights and weekends are as any other time.",
        evidence: "nobody has said when the business is open",
        remedy: "say it: ringfence hours set 'mon-fri 08:00-18:00' --zone Europe/Berlin"
    )

    fileprivate static func byDay(_ record: CallRecord, _ charge: LegCharge) -> Self {
        Finding(
            "taken-for-day",
            .afterHours,
            .critical,
            "A call while the business was closed was counted as one of the day.",
            evidence: "record \(record.id) of \(charge.reservedAt), to \(charge.number)",
            remedy: "look at the clock of the machine and the hours: ringfence hours show; then report the bug"
        )
    }

    fileprivate static func notOnRoster(_ record: CallRecord, _ charge: LegCharge) -> Self {
        Finding(
            "not-on-roster",
            .afterHours,
            .critical,
            "Somebody called abroad while the business was closed, and is not on the roster.",
            evidence: "record \(record.id) of \(charge.reservedAt): extension \(charge.payer.extension) "
                + "paid for a call to \(charge.number)",
            remedy: "disable the trunk and report the bug: ringfence trunk disable \(charge.payer.trunk)"
        )
    }
}
