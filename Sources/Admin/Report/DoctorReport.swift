// SPDX-License-Identifier: Apache-2.0

public import Model

/// What the running system says of itself.
public struct DoctorReport: Hashable, Sendable, Codable {
    public let facts: [Finding]

    public init(facts: [Finding]) { self.facts = facts }

    public var isWell: Bool { facts.allSatisfy(\.isGood) }
}

extension Finding {
    /// One thing that must be right for the system to work.
    ///
    /// - Parameters:
    ///   - name: `seal key`, `listener 192.0.2.1:5061`.
    ///   - finding: What was seen.
    ///   - remedy: What to do, as an order; `nil` where all is well.
    ///   - codes: What has to be put right first.
    ///   - seconds: How long it has to last before people are told who did not ask.
    public init(
        _ code: Code,
        of name: String,
        isWell: Bool,
        finding: String,
        remedy: String? = nil,
        dependsOn codes: [Code] = [],
        visibleAfter seconds: Int = 0
    ) {
        self.init(
            code,
            isWell ? .good : .critical,
            "\(name): \(finding)",
            subject: name,
            remedy: remedy.map { "To mend it, \($0)" } ?? "",
            dependsOn: codes,
            visibleAfter: seconds
        )
    }
}
