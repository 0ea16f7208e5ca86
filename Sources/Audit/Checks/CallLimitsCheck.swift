// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Counts in the records how many calls there were at a time, and how fast they began (ATTACKS T01).
    static let callLimits = Check(.callLimits) { system in
        let (facts, limits) = (system.outside, system.outside.inForce.callLimits)
        let legs = system.records.flatMap { record in record.charges.map { CountedLeg(record, $0, at: system.now) } }
        var findings: [Finding] = []
        if facts.stored?.callLimits != limits { findings.append(.otherLimits(isRead: facts.stored != nil)) }
        let comparable = legs.filter { leg in facts.patternsChangedAt.map { $0 < leg.began } ?? true }
        var most = 0
        for (payer, own) in Dictionary(grouping: comparable, by: \.charge.payer.extension) {
            let (limit, tally) = (limits.own[payer] ?? limits.person, LegTally(own))
            most = max(most, tally.simultaneous)
            if let excess = tally.excess(over: limit) { findings.append(.overrun("extension \(payer)", excess)) }
        }
        for (trunk, own) in Dictionary(grouping: comparable, by: \.charge.payer.trunk.text) {
            let limit = limits.trunks[trunk] ?? limits.trunk
            if let excess = LegTally(own).excess(over: limit) { findings.append(.overrun("trunk \(trunk)", excess)) }
        }
        if limits.person.simultaneous > Limits.callsOfAPerson { findings.append(.wide(limits.person)) }
        return CheckReport(
            control: .callLimits,
            examined: [
                "an extension may have \(limits.person.simultaneous) calls outside at a time, a trunk "
                    + "\(limits.trunk.simultaneous); \(limits.own.count) extensions and \(limits.trunks.count) trunks "
                    + "have limits of their own",
                "\(legs.count) legs in the records that left by a trunk, \(most) of one extension at a time",
            ],
            findings: findings.sorted { $0.evidence < $1.evidence }
        )
    }
}

/// A leg to the outside with its length, as its record has it.
private struct CountedLeg {
    let charge: LegCharge
    let began: WallTime
    let ended: WallTime

    init(_ record: CallRecord, _ charge: LegCharge, at now: WallTime) {
        (self.charge, began) = (charge, charge.reservedAt)
        let end = charge.settledAt ?? record.endedAt ?? (charge.cost == nil ? now : charge.reservedAt)
        ended = max(end, began)
    }
}

/// How many of some legs there were at a time, and began within a minute.
private struct LegTally {
    private(set) var simultaneous = 0
    private(set) var perMinute = 0

    init(_ legs: [CountedLeg]) {
        let begun = legs.map(\.began).sorted()
        let ended = legs.map(\.ended).sorted()
        var (over, old) = (0, 0)
        for (index, time) in begun.enumerated() {
            while over < ended.count, ended[over] <= time { over += 1 }
            // Those that began and ended in one moment were not there with others.
            simultaneous = max(simultaneous, index + 1 - min(over, index))
            while time - begun[old] >= .seconds(60) { old += 1 }
            perMinute = max(perMinute, index + 1 - old)
        }
    }

    func excess(over limit: CallLimitSettings.Limit) -> String? {
        if simultaneous > limit.simultaneous { return "\(simultaneous) calls at a time, of \(limit.simultaneous)" }
        return perMinute > limit.perMinute ? "\(perMinute) calls within a minute, of \(limit.perMinute)" : nil
    }
}

extension Finding {
    fileprivate static func otherLimits(isRead: Bool) -> Self {
        Finding(
            "other-settings",
            .callLimits,
            .critical,
            "Calls are limited by other settings than those that are stored.",
            evidence: isRead
                ? "how many calls there may be is not the same in the running server and in the database"
                : "the settings in the database cannot be read",
            remedy: "start the server again; if this comes back, look who wrote to its folder: ringfence journal verify"
        )
    }

    fileprivate static func overrun(_ whose: String, _ excess: String) -> Self {
        Finding(
            "overrun",
            .callLimits,
            .critical,
            "More calls left than there may be at a time.",
            evidence: "\(whose) had \(excess)",
            remedy: "see them: ringfence record list; disable the trunk, and report the bug"
        )
    }

    fileprivate static func wide(_ limit: CallLimitSettings.Limit) -> Self {
        Finding(
            "wide-limit",
            .callLimits,
            .notice,
            "Every phone may have more calls outside at a time than a person has.",
            evidence: "\(limit.simultaneous) of each extension that has no limit of its own",
            remedy: "give those who need it a limit of their own: ringfence limit set 101 --simultaneous 8 "
                + "--per-second 2 --per-minute 40; and all others: ringfence limit set extensions --simultaneous 2 "
                + "--per-second 2 --per-minute 20"
        )
    }
}
