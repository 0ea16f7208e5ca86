// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Counts in the records what no extension may do, and shows who is stopped (ATTACKS T01, T09).
    static let callPatterns = Check(.callPatterns) { system in
        let (facts, patterns) = (system.outside, system.outside.inForce.patterns)
        let home = facts.inForce.dialing.numbering.home
        let abroad = system.records.flatMap(\.charges).filter { $0.region != home }
        var findings: [Finding] = []
        if facts.stored?.patterns != patterns { findings.append(.otherPatterns(isRead: facts.stored != nil)) }
        let comparable = abroad.filter { leg in facts.patternsChangedAt.map { $0 < leg.reservedAt } ?? true }
        var most = 0
        for (payer, legs) in Dictionary(grouping: comparable, by: \.payer.extension) {
            let count = mostWithinAMinute(legs.map(\.reservedAt))
            most = max(most, count)
            // Counters begin anew with a crash; even then no more than twice as many leave.
            let limit = patterns[.costlyMinute].block * 2
            if count > limit { findings.append(.burst(payer, count, limit)) }
        }
        findings += facts.stops.map(Finding.stopped)
        let wide = patterns.changed.filter { $0.value.block > $0.key.standard.block }
        if !wide.isEmpty { findings.append(.wide(wide)) }
        return CheckReport(
            control: .callPatterns,
            examined: [
                "\(PatternRule.allCases.count) rules, \(patterns.changed.count) with thresholds of the owner's own",
                "\(facts.stops.count) stops hold now",
                "\(abroad.count) legs abroad in the records, \(most) of one extension within a minute",
            ],
            findings: findings
        )
    }

    private static func mostWithinAMinute(_ times: [WallTime]) -> Int {
        let times = times.sorted()
        var (old, most) = (0, 0)
        for (index, time) in times.enumerated() {
            while time - times[old] >= .seconds(60) { old += 1 }
            most = max(most, index + 1 - old)
        }
        return most
    }
}

extension Finding {
    fileprivate static func otherPatterns(isRead: Bool) -> Self {
        Finding(
            "other-settings",
            .callPatterns,
            .critical,
            "Calls are watched by other thresholds than those that are stored.",
            evidence: isRead
                ? "what is watched is not the same in the running server and in the database"
                : "the settings in the database cannot be read",
            remedy: "start the server again; if this comes back, look who wrote to its folder: ringfence journal verify"
        )
    }

    fileprivate static func burst(_ payer: ExtensionNumber, _ count: Int, _ limit: Int) -> Self {
        Finding(
            "burst",
            .callPatterns,
            .critical,
            "An extension called abroad faster than any may, and was not stopped.",
            evidence:
                "extension \(payer) began \(count) calls abroad within a minute, and \(limit) is the most that can be",
            remedy: "disable the extension, and report the bug: ringfence extension disable \(payer)"
        )
    }

    fileprivate static func stopped(_ finding: PatternFinding) -> Self {
        Finding(
            "stopped",
            .callPatterns,
            .warning,
            "Calls outside are stopped, because they look like fraud.",
            evidence: finding.sentence,
            remedy: "find out who called; then change the credential, or let them call again: "
                + "ringfence pattern release \(finding.subject.argument) --reason TEXT"
        )
    }

    fileprivate static func wide(_ rules: [PatternRule: PatternThreshold]) -> Self {
        let list = rules.sorted { $0.key.name < $1.key.name }.map { rule, threshold in
            "\(rule) stops above \(threshold.block) instead of \(rule.standard.block)"
        }
        return Finding(
            "wide-rule",
            .callPatterns,
            .notice,
            "What looks like fraud is stopped later than it would be.",
            evidence: list.joined(separator: "; "),
            remedy: "when that is no longer needed: ringfence pattern set \(rules.keys.map(\.name).min() ?? "") --usual"
        )
    }
}
