// SPDX-License-Identifier: Apache-2.0

import Admin
import Audit
import Foundation
import Guard
import Model
import Store

extension Installation {
    /// Looks at the running server. A system that cannot be looked at is not one that holds.
    func audit(_ server: RingfenceServer, _ store: RingfenceStore) async -> AuditSummary {
        do {
            let system = try await server.liveSystem(
                store: store,
                directory: directory,
                host: settings.names[0],
                authority: tls.authority
            )
            let report = await Auditor.run(system)
            let json = try JSONEncoder().encode(report)
            return AuditSummary(
                at: report.at,
                holds: report.holds,
                outcomes: report.checks.map(\.outcome),
                text: report.text,
                json: String(decoding: json, as: UTF8.self)
            )
        } catch {
            let text = "The running system could not be looked at: \(error)"
            return AuditSummary(at: SystemClock.wall, holds: false, outcomes: [], text: text, json: "{}")
        }
    }
}

extension CheckReport {
    fileprivate var outcome: ControlOutcome {
        let worst = findings.max { $0.severity < $1.severity }
        return ControlOutcome(
            control: control,
            passed: holds,
            evidence: worst.map { "\($0.title) \($0.evidence)" } ?? examined.joined(separator: "; ")
        )
    }
}
