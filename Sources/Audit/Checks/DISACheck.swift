// SPDX-License-Identifier: Apache-2.0

import Guard
import Model

extension Check {
    /// Looks in the records for a caller from outside who got a line to the outside that nobody here gave (ATTACKS T05).
    static let disa = Check(.disa) { system in
        let inbound = system.records.filter { $0.caller.isOutside }
        let onward = inbound.filter { !$0.charges.isEmpty || $0.callee?.isOutside == true }
        let extensions = Set(system.snapshot.extensions.keys)
        let dialled = onward.filter { record in
            // Who forwarded it pays for it. Of an extension that is gone the record still says that it did.
            record.forwardedBy.isEmpty || record.charges.contains { !record.forwardedBy.contains($0.payer.extension) }
        }
        let findings = dialled.map { Finding.dialledThrough($0, knows: extensions) }
        let examined = [
            "\(inbound.count) calls from outside in the records; "
                + "\(onward.count) went on to the outside, \(onward.count - dialled.count) sent there by a phone of the business",
            "openings for who calls in to call out: none, and there is no setting that makes one",
        ]
        return CheckReport(control: .disa, examined: examined, findings: findings)
    }
}

extension Finding {
    fileprivate static func dialledThrough(_ record: CallRecord, knows extensions: Set<ExtensionNumber>) -> Self {
        let payers = record.charges.map(\.payer.extension).filter(extensions.contains).map(\.text)
        let cost = payers.isEmpty ? "nobody is named who pays" : "at the expense of \(payers.joined(separator: ", "))"
        return Finding(
            "dialled-through",
            .disa,
            .critical,
            "A caller from outside got a line to the outside.",
            evidence: "record \(record.id) of \(record.startedAt): \(record.dialled) over trunk "
                + "\(record.trunk?.text ?? "unknown"), \(cost)",
            remedy: "disable the trunk (ringfence trunk disable \(record.trunk?.text ?? "NAME")) and report the bug"
        )
    }
}
