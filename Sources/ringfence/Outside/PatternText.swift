// SPDX-License-Identifier: Apache-2.0

import Admin
import Model
import Primitives

extension PatternOverview {
    var text: String { [stopped, rules, adjustments, limits, closed].joined(separator: "\n\n") }

    private var stopped: String {
        guard !stops.isEmpty else { return "Nobody's calls are stopped." }
        let rows = stops.map { [$0.subject, $0.rule.name, "\(($0.seconds + 59) / 60)", $0.sentence] }
        return Table(["stopped", "rule", "minutes left", "why"], rows).text
    }

    private var rules: String {
        let rows = PatternRule.allCases.map { rule in
            guard rule.hasThreshold else { return [rule.name, "-", "-", "-", ""] }
            let threshold = patterns[rule]
            return [
                rule.name, "\(threshold.warn)", "\(threshold.block)", "\(threshold.minutes)",
                patterns.changed[rule] == nil ? "" : "changed",
            ]
        }
        return Table(["rule", "tell above", "stop above", "minutes", ""], rows).text
    }

    var adjustments: String {
        FactList([
            ("First call to a country", patterns.newCountry.rawValue),
            (
                "Usual countries",
                patterns.usualRegions.isEmpty ? "-" : patterns.usualRegions.map(\.text).joined(separator: ", ")
            ),
            ("Costly at home from", "\(Money(clamping: patterns.costlyPrice)) a minute on"),
            ("High-risk from", "\(Money(clamping: patterns.highRiskPrice)) a minute on"),
            ("After a change of a password", "\(patterns.afterChange) % of each threshold for a day"),
        ]).text
    }

    private var limits: String {
        let rows =
            [("each extension", callLimits.person), ("each trunk", callLimits.trunk)]
            + callLimits.own.sorted { $0.key < $1.key }.map { ($0.key.text, $0.value) }
            + callLimits.trunks.sorted { $0.key < $1.key }.map { ("trunk \($0.key)", $0.value) }
        let table = Table(
            ["calls outside of", "at a time", "a second", "a minute"],
            rows.map { [$0.0, "\($0.1.simultaneous)", "\($0.1.perSecond)", "\($0.1.perMinute)"] }
        )
        return table.text + "\n" + abroad
    }

    /// How many calls abroad there may be.
    var abroad: String {
        "Abroad at a time: \(callLimits.abroadPercent) % of the extensions, at least \(callLimits.abroadLeast)."
    }

    /// What is set for closed hours.
    var closed: String {
        let roster = afterHours.roster.sorted().map(\.text).joined(separator: ", ")
        let told = afterHours.told.map(\.rawValue).sorted() + (afterHours.tellsAbroad ? ["every call abroad"] : [])
        return "While the business is closed:\n"
            + FactList([
                ("Calls abroad", afterHours.abroad.rawValue), ("Roster", roster.isEmpty ? "-" : roster),
                ("People are told of", told.isEmpty ? "-" : told.joined(separator: ", ")),
            ]).text
    }
}
