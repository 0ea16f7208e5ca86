// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// What one check looked at and what it found.
public struct CheckReport: Codable, Hashable, Sendable {
    public let control: Control
    /// What was looked at, one line each: the evidence of a control that holds.
    public let examined: [String]
    public let findings: [Finding]

    public init(control: Control, examined: [String], findings: [Finding]) {
        (self.control, self.examined, self.findings) = (control, examined, findings)
    }

    /// Whether nothing worse than a notice was found, and something was looked at.
    public var holds: Bool { !examined.isEmpty && findings.allSatisfy { $0.severity < .warning } }
}

/// What the audit found in the live system: one report per control, in the order of `Control.allCases`.
public struct AuditReport: Codable, Hashable, Sendable {
    public let at: WallTime
    public let checks: [CheckReport]

    public init(at: WallTime, checks: [CheckReport]) {
        (self.at, self.checks) = (at, checks)
    }

    public var findings: [Finding] { checks.flatMap(\.findings) }
    public var holds: Bool { checks.allSatisfy(\.holds) }
    /// 0 when every control holds, 1 when something falls short.
    public var exitStatus: Int32 { holds ? 0 : 1 }

    /// For a terminal: plain text that makes sense read aloud.
    public var text: String {
        let held = checks.count { $0.holds }
        var lines = ["Audit of \(at): \(held) of \(checks.count) controls hold."]
        for check in checks {
            lines.append("")
            lines.append("\(check.holds ? "ok  " : "FAIL")  \(check.control.rawValue): \(check.control.title)")
            lines += check.examined.map { "      looked at: \($0)" }
            lines += check.findings.flatMap(\.lines)
        }
        return lines.joined(separator: "\n")
    }
}

extension Finding {
    fileprivate var lines: [String] {
        [
            "      \(severity.rawValue.uppercased()): \(title)",
            "        Evidence: \(evidence)",
            "        Fix: \(remedy)",
        ]
    }
}
