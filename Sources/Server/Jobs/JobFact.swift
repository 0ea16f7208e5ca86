// SPDX-License-Identifier: Apache-2.0

import Admin
import Model

extension Finding {
    /// Whether what the system does by itself is done.
    init(_ jobs: [JobReport]) {
        let failed = jobs.filter { ($0.last?.failures ?? 0) > 0 }.map(\.name)
        self.init(
            "jobs",
            failed.isEmpty ? .good : .warning,
            failed.isEmpty ? "jobs: none of \(jobs.count) failed" : "jobs: failed: \(failed.joined(separator: ", "))",
            remedy: failed.isEmpty ? "" : "See why, and when they are tried again: ringfence job list"
        )
    }
}
