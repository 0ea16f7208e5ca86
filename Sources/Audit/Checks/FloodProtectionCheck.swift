// SPDX-License-Identifier: Apache-2.0

import Guard
import Model

extension Check {
    /// Looks at how much room strangers take, and whether room is kept for phones.
    static let floodProtection = Check(.floodProtection) { system in
        let sources = system.sources
        var findings: [Finding] = []
        if sources.strangers > sources.strangerLimit { findings.append(.overrun(sources)) }
        if sources.strangerLimit * 2 > sources.places { findings.append(.noReserve(sources)) }
        let examined = [
            "\(sources.strangers) of at most \(sources.strangerLimit) connections of strangers, in \(sources.places) places",
            "\(sources.challenged) requests challenged, \(sources.refused) refused unread",
        ]
        return CheckReport(control: .floodProtection, examined: examined, findings: findings)
    }
}

extension Finding {
    fileprivate static func overrun(_ sources: SourceFacts) -> Self {
        Finding(
            "overrun",
            .floodProtection,
            .critical,
            "Strangers hold more connections than they may.",
            evidence: "\(sources.strangers) open, \(sources.strangerLimit) allowed",
            remedy: "restart the server and report the bug"
        )
    }

    fileprivate static func noReserve(_ sources: SourceFacts) -> Self {
        Finding(
            "no-reserve",
            .floodProtection,
            .critical,
            "Strangers may take more than half of all places, so that phones could find none.",
            evidence: "\(sources.strangerLimit) of \(sources.places)",
            remedy: "raise the limit of open files for the server, and restart it: ulimit -n 20000"
        )
    }
}
