// SPDX-License-Identifier: Apache-2.0

import Guard
import Model

extension Check {
    /// Recomputes the whole chain, and compares its end with the mark that is kept outside the database (ATTACKS I02).
    static let journal = Check(.journal) { system in
        let facts = await system.verifyJournal()
        var findings: [Finding] = []
        if let fault = facts.fault { findings.append(.altered(fault)) }
        if let fault = facts.anchorFault { findings.append(.cut(fault)) }
        // The server writes that it was set up before it does anything else.
        if facts.entries == 0, findings.isEmpty { findings.append(.cut("the journal is empty")) }
        return CheckReport(
            control: .journal,
            examined: ["\(facts.entries) entries recomputed, and the end compared with the mark outside the database"],
            findings: findings
        )
    }
}

extension Finding {
    fileprivate static func altered(_ fault: String) -> Self {
        Finding(
            "altered",
            .journal,
            .critical,
            "Somebody has altered the journal.",
            evidence: fault,
            remedy:
                "keep a copy of the data folder as evidence, then compare with the last backup: ringfence journal verify"
        )
    }

    fileprivate static func cut(_ fault: String) -> Self {
        Finding(
            "cut",
            .journal,
            .critical,
            "Entries are missing at the end of the journal.",
            evidence: fault,
            remedy:
                "keep a copy of the data folder as evidence, then compare with the last backup: ringfence journal verify"
        )
    }
}
