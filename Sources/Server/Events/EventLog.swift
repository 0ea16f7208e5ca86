// SPDX-License-Identifier: Apache-2.0

import Logging
import Model

extension Logger {
    /// One line for each event.
    func tell(_ event: Event) {
        switch event {
        case .noticed(let event):
            warning("\(event.kind.rawValue) from \(event.source), \(event.count) times: \(event.detail)")
        case .changed(let alteration): notice("\(alteration.text)")
        // The event that says why has a line, and what is wrong is for the notifier to tell.
        case .banned, .unbanned, .found: break
        }
    }

    func tell(_ finding: Finding) {
        log(
            level: finding.severity.logLevel,
            "\(finding.title) \(finding.text)",
            metadata: ["code": "\(finding.code.rawValue)"]
        )
    }
}

extension Finding.Severity {
    fileprivate var logLevel: Logger.Level {
        switch self {
        case .good: .info
        case .notice: .notice
        case .warning: .warning
        case .critical: .error
        }
    }
}
