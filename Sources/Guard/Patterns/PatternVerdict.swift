// SPDX-License-Identifier: Apache-2.0

public import Model

/// What `call-patterns` says to a call that is about to leave.
public enum PatternVerdict: Hashable, Sendable {
    case allow
    /// It leaves, and people are told. A rule warns of one extension once in 24 hours.
    case warn(PatternFinding)
    /// It leaves when whoever calls shows that it is them; nobody else needs to be told.
    case confirm(PatternFinding)
    /// It does not leave. People are told when the finding is new.
    case block(PatternFinding)

    public var finding: PatternFinding? {
        switch self {
        case .allow: nil
        case .warn(let finding), .confirm(let finding), .block(let finding): finding
        }
    }

    /// What the caller's phone and the record are told; `nil` for a call that may leave.
    public var refusal: CallRefusal? {
        switch self {
        case .allow, .warn: nil
        case .confirm(let finding):
            CallRefusal(
                status: 403,
                control: finding.rule.control,
                reason: "\(finding.sentence). Nobody can be asked for a code yet; an operator lets it go: "
                    + "ringfence pattern release \(finding.subject.argument) --reason …"
            )
        case .block(let finding):
            CallRefusal(
                status: 403,
                control: finding.rule.control,
                reason: [finding.sentence, finding.remedy].compactMap(\.self).joined(separator: ". ")
            )
        }
    }
}

extension PatternRule {
    /// The practice that a refusal by this rule names.
    public var control: Control {
        switch self {
        case .closedClass, .closedHour, .closedDay, .businessClosedHour: .afterHours
        case .allHour, .costlyMinute, .costlyHour, .costlyDay, .talkTime, .averageDuration, .shortRow, .concurrency,
            .costRate, .costHour, .premiumDay, .rareCountries, .refusedNumbers, .refusedPremium, .businessMinute,
            .businessHour, .businessDay, .businessConcurrency, .businessCostRate, .businessCostHour, .oneBlock,
            .manyExtensions, .testCalls, .callBack, .longCall, .newCountry, .newNetwork:
            .callPatterns
        }
    }
}
