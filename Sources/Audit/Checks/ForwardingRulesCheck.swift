// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Lists every forward and every right to forward with who gave it, and looks in the records whether each forwarded call was
    /// paid by who forwarded it (ATTACKS T03).
    static let forwardingRules = Check(.forwardingRules) { system in
        let forwarded = system.records.filter { !$0.forwardedBy.isEmpty }
        guard let forwards = system.forwards else {
            return CheckReport(
                control: .forwardingRules,
                examined: ["\(forwarded.count) calls in the records that were forwarded"],
                findings: [.unreadableForwards]
            )
        }
        var findings = forwards.filter { !$0.isOwnedUp }.map(Finding.nobodys)
        findings += forwards.filter { $0.isOutside && $0.isOwnedUp }.map(Finding.leadsOutside)
        findings += wide(forwards, system)
        findings += forwarded.filter(\.isAtAnothersExpense).map(Finding.atAnothersExpense)
        findings += forwarded.filter { $0.forwardsInARow > Guard.Limits.forwards + 1 }.map(Finding.endless)
        let outside = forwards.count { $0.isOutside }
        let examined = [
            "\(forwards.count) forwards and rights to forward with their lines in the journal; \(outside) lead outside",
            "\(forwarded.count) calls in the records that were forwarded, "
                + "\(forwarded.count { !$0.charges.isEmpty }) of them to the outside",
        ]
        return CheckReport(control: .forwardingRules, examined: examined, findings: findings)
    }

    /// Whoever may forward outside may forward into ranges that fraud uses.
    private static func wide(_ forwards: [ForwardFacts], _ system: LiveSystem) -> [Finding] {
        let dialing = system.outside.inForce.dialing
        return Set(forwards.filter(\.isOutside).map(\.number)).sorted().compactMap { number in
            let rights = dialing.rights(of: number)
            let open = rights.onwardCountries.filter { rights.countries[$0]?.access == .open }
            return open.isEmpty ? nil : .wide(number, open.map(\.name).sorted())
        }
    }
}

extension CallRecord {
    /// How many forwards led one to the next. Who is looked for at many places forwards to each of them, and to none from another.
    fileprivate var forwardsInARow: Int {
        var (forwards, most): ([Participant: Int], Int) = ([:], 0)
        for step in path {
            let isForward = step.from.number.map(forwardedBy.contains) ?? false
            let count = forwards[step.from, default: 0] + (isForward ? 1 : 0)
            forwards[step.to] = max(count, forwards[step.to, default: 0])
            most = max(most, count)
        }
        // What was kept before there were ways says who, and not to whom.
        return path.isEmpty ? forwardedBy.count : most
    }

    /// Whether a leg outside was paid by an extension that neither forwarded the call nor made it.
    fileprivate var isAtAnothersExpense: Bool {
        charges.contains { charge in
            !forwardedBy.contains(charge.payer.extension) && caller.number != charge.payer.extension
        }
    }
}

extension ForwardFacts {
    /// `set by alice (uid 1001) 2027-01-15T08:00:00Z; 2 changes in the journal`.
    fileprivate var origin: String {
        guard let last = history.last else { return "the journal has no line about it" }
        return "set by \(last.actor) \(last.at); \(history.count) change\(history.count == 1 ? "" : "s") in the journal"
    }
}

extension Finding {
    fileprivate static let unreadableForwards = Finding(
        "unreadable",
        .forwardingRules,
        .warning,
        "It cannot be read who set forwards.",
        evidence: "the database gave no answer",
        remedy: "see what is wrong: ringfence doctor"
    )

    fileprivate static func nobodys(_ forward: ForwardFacts) -> Self {
        Finding(
            "nobodys",
            .forwardingRules,
            .critical,
            "Extension \(forward.number) \(forward.what), and nobody owned up to it.",
            evidence: forward.origin,
            remedy: "undo it (\(forward.undo)), and see whether the journal is whole: ringfence journal verify"
        )
    }

    fileprivate static func leadsOutside(_ forward: ForwardFacts) -> Self {
        Finding(
            "outside",
            .forwardingRules,
            .notice,
            "Extension \(forward.number) \(forward.what).",
            evidence: forward.origin,
            remedy: "when it is not needed any more: \(forward.undo)"
        )
    }

    fileprivate static func wide(_ number: ExtensionNumber, _ countries: [String]) -> Self {
        Finding(
            "wide",
            .forwardingRules,
            .warning,
            "Extension \(number) may forward into ranges that fraud uses.",
            evidence: "open with those ranges, and for forwards: \(countries.joined(separator: ", "))",
            remedy: "open them without those ranges, or not for forwards: ringfence country list"
        )
    }

    fileprivate static func atAnothersExpense(_ record: CallRecord) -> Self {
        let payers = record.charges.map(\.payer.extension.text).joined(separator: ", ")
        return Finding(
            "expense",
            .forwardingRules,
            .critical,
            "A forwarded call was paid by somebody who did not forward it.",
            evidence: "record \(record.id) of \(record.startedAt): forwarded by "
                + "\(record.forwardedBy.map(\.text).joined(separator: ", ")), paid by \(payers)",
            remedy: "report the bug"
        )
    }

    fileprivate static func endless(_ record: CallRecord) -> Self {
        Finding(
            "chain",
            .forwardingRules,
            .critical,
            "A call was forwarded more often than a call may be.",
            evidence: "record \(record.id) of \(record.startedAt): \(record.forwardsInARow) forwards in a row",
            remedy: "report the bug"
        )
    }
}
