// SPDX-License-Identifier: Apache-2.0

/// Something that was looked at, and what a person should know or do about it: the same for the audit, `doctor`, alerts and
/// whoever shows them.
public struct Finding: Hashable, Codable, Sendable {
    /// Its name for scripts: `certificate`, `open-ports.undeclared`. Never changes once released.
    public struct Code: RawRepresentable, Hashable, Codable, Sendable, ExpressibleByStringLiteral {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }
        public init(stringLiteral text: String) { rawValue = text }
    }

    /// How much it matters.
    public enum Severity: String, Codable, Hashable, Sendable, CaseIterable {
        case good
        /// To be known, such as an exception that is open and dated. Nothing falls short.
        case notice
        /// Falls short: to be put right this week. It works now, and will not for ever or not for everybody.
        case warning
        /// Falls short: calls fail, or somebody can listen, call or break in now.
        case critical
    }

    public let code: Code
    /// The practice that falls short; `nil` where none does.
    public let control: Control?
    public let severity: Severity
    /// What it is of, where several things have the same code or the title changes with each look; `nil` where the title says it.
    public let subject: String?
    /// What was found, in one sentence for somebody who runs a business.
    public let title: String
    /// What was looked at and what stood there, or why it matters. Never a secret; empty where the title says it all.
    public let evidence: String
    /// What to do, with the exact command where there is one; empty where there is nothing to do.
    public let remedy: String
    /// What has to be put right first: while one of these is found, this one follows from it.
    public let dependsOn: [Code]
    /// Seconds that it has to last before people are told, because it often passes by itself.
    public let visibleAfter: Int

    public init(
        _ code: Code,
        _ severity: Severity,
        _ title: String,
        control: Control? = nil,
        subject: String? = nil,
        evidence: String = "",
        remedy: String = "",
        dependsOn: [Code] = [],
        visibleAfter: Int = 0
    ) {
        (self.code, self.control, self.severity, self.title) = (code, control, severity, title)
        (self.subject, self.evidence, self.remedy) = (subject, evidence, remedy)
        (self.dependsOn, self.visibleAfter) = (dependsOn, visibleAfter)
    }
}

extension Finding {
    /// The same, with more to say of it.
    public func adding(_ sentence: String) -> Finding {
        Finding(
            code,
            severity,
            title,
            control: control,
            subject: subject,
            evidence: evidence.isEmpty ? sentence : "\(evidence) \(sentence)",
            remedy: remedy,
            dependsOn: dependsOn,
            visibleAfter: visibleAfter
        )
    }

    /// Evidence and remedy, for whoever has read the title.
    public var text: String { [evidence, remedy].filter { !$0.isEmpty }.joined(separator: " ") }

    public var isGood: Bool { severity == .good }

    /// Whether it follows from another one, which has to be put right first. What is worse than that one does not.
    public func follows(from other: Finding) -> Bool {
        !isGood && !other.isGood && other.severity >= severity && dependsOn.contains(other.code)
    }
}

extension [Finding] {
    /// Without those that follow from others of them. Of a circle nothing is left out: somebody has to hear of it.
    public var causes: [Finding] { filter { !hasCause($0) } }

    private func hasCause(_ finding: Finding) -> Bool {
        var (seen, waiting): ([Finding], [Finding]) = ([finding], [finding])
        while let next = waiting.popLast() {
            let before = filter { next.follows(from: $0) }
            if before.isEmpty, next != finding { return true }
            let new = before.filter { !seen.contains($0) }
            seen += new
            waiting += new
        }
        return false
    }
}

extension Finding.Severity: Comparable {
    private var rank: Int {
        switch self {
        case .good: 0
        case .notice: 1
        case .warning: 2
        case .critical: 3
        }
    }

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}
