// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Looks at who callers outside said they are, in the calls that were let in, and under which numbers calls go out.
    static let callerTrust = Check(.callerTrust) { system in
        let outside = system.snapshot.outside
        let inbound = system.records.filter { $0.caller.isOutside }
        let passed = inbound.filter { record in
            guard record.answeredAt != nil, case .outside(let number?) = record.caller else { return false }
            // A number that the business took over after the call is no lie of its caller.
            return outside.numbers[number].map { $0.createdAt < record.startedAt } ?? false
        }
        let refused = inbound.count { $0.control == .callerTrust }
        let shown = outside.callerNumbers
        let set = [shown.usual].compactMap(\.self) + shown.own.values.sorted() + shown.sites.values.sorted()
        let foreign = set.filter { outside.numbers[$0] == nil }
        let findings = passed.map(Finding.impostor) + foreign.map(Finding.foreign)
        let examined = [
            "\(inbound.count) calls from outside in the records, \(refused) were refused because of who they said they are",
            "\(outside.numbers.count) numbers of the business, \(shown.own.count) extensions and "
                + "\(shown.sites.count) networks with one of their own to show, \(shown.withheld.count) that withhold it",
        ]
        return CheckReport(control: .callerTrust, examined: examined, findings: findings)
    }
}

extension Finding {
    fileprivate static func impostor(_ record: CallRecord) -> Self {
        Finding(
            "impostor",
            .callerTrust,
            .critical,
            "A caller outside was let in under a number of this business.",
            evidence: "record \(record.id) of \(record.startedAt), over trunk \(record.trunk?.text ?? "unknown")",
            remedy: "ask who took the call what was wanted, and report the bug"
        )
    }

    fileprivate static func foreign(_ number: PhoneNumber) -> Self {
        Finding(
            "foreign",
            .callerTrust,
            .notice,
            "A number that the business does not own is set to be shown, and is not.",
            evidence: "\(number)",
            remedy: "choose one of yours: ringfence number caller NUMBER"
        )
    }
}
