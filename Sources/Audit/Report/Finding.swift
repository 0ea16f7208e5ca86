// SPDX-License-Identifier: Apache-2.0

public import Model

/// How much a finding matters.
public enum Severity: String, Codable, Hashable, Sendable, CaseIterable {
    /// To be known, such as an exception that is open and dated. Nothing falls short.
    case notice
    /// Falls short: to be put right this week.
    case warning
    /// Falls short: somebody can listen, call or break in now.
    case critical
}

extension Severity: Comparable {
    private var rank: Int {
        switch self {
        case .notice: 0
        case .warning: 1
        case .critical: 2
        }
    }

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

/// Something that a check saw in the live system, with what it saw it by.
public struct Finding: Codable, Hashable, Sendable {
    public let control: Control
    public let severity: Severity
    /// What is wrong, in one sentence for somebody who runs a business.
    public let title: String
    /// What was looked at and what stood there: a path and its mode, a socket, a handshake. Never a secret.
    public let evidence: String
    /// What to do, as an order; ends with the exact command where there is one.
    public let remedy: String

    public init(_ control: Control, _ severity: Severity, _ title: String, evidence: String, remedy: String) {
        (self.control, self.severity, self.title) = (control, severity, title)
        (self.evidence, self.remedy) = (evidence, remedy)
    }
}
