// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model

/// Calls that are stopped at this moment, and why.
public struct StopReport: Codable, Hashable, Sendable {
    /// What is typed to end it: `204`, `business`, `high-risk`, `+37190123`.
    public let subject: String
    public let rule: PatternRule
    public let value: Int
    public let threshold: Int
    /// Seconds until it ends by itself.
    public let seconds: Int
    /// For people.
    public let sentence: String

    public init(_ finding: PatternFinding) {
        (subject, rule) = (finding.subject.argument, finding.rule)
        (value, threshold, sentence) = (finding.value, finding.threshold, finding.sentence)
        seconds = Int(finding.stop?.components.seconds ?? 0)
    }
}

/// How a business calls whose extensions nobody has stolen, as it was set, and who is stopped.
public struct PatternOverview: Codable, Hashable, Sendable {
    public let patterns: PatternSettings
    public let callLimits: CallLimitSettings
    public let afterHours: AfterHoursSettings
    public let stops: [StopReport]

    public init(
        patterns: PatternSettings,
        callLimits: CallLimitSettings,
        afterHours: AfterHoursSettings,
        stops: [StopReport]
    ) {
        (self.patterns, self.callLimits) = (patterns, callLimits)
        (self.afterHours, self.stops) = (afterHours, stops)
    }
}
