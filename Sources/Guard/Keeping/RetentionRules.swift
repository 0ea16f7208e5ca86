// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// When what tells of people goes, and that nothing goes which somebody holds.
public enum RetentionRules {
    public enum Kind: Sendable, CaseIterable { case records, messages }

    /// Days that records of calls may be kept: budgets look back a month, and nobody is watched for ever.
    public static let recordDays = 31...3_660
    public static let messageDays = 1...366
    /// What may pass after the end before somebody asks why it is still there: the night that deletes it, and one that was missed. A
    /// large backlog goes in several nights.
    public static let grace: Duration = .seconds(3 * 86_400)

    /// Before when it is too old; `nil` while nothing is deleted, because somebody holds it.
    public static func end(of kind: Kind, under settings: RetentionSettings, at now: WallTime) -> WallTime? {
        guard settings.hold == nil else { return nil }
        let days =
            switch kind {
            case .records: settings.recordDays
            case .messages: settings.messageDays
            }
        return now + .seconds(-86_400 * Int64(days))
    }

    /// Why so many days are not taken; `nil` where they are.
    public static func refusal(of settings: RetentionSettings) -> Refusal? {
        for (what, days, allowed) in [
            ("Records of calls", settings.recordDays, recordDays), ("Messages", settings.messageDays, messageDays),
        ] where !allowed.contains(days) {
            return Refusal(
                .recordsRetention,
                problem: "\(what) are not kept for \(days) days.",
                reason:
                    "it is from \(allowed.lowerBound) to \(allowed.upperBound): budgets look back, and people are not watched for ever",
                remedy: "choose a number of days between: ringfence retention set --help"
            )
        }
        return nil
    }

    /// Why a number is not erased; `nil` where it is.
    public static func refusal(ofErasingUnder settings: RetentionSettings) -> Refusal? {
        guard let hold = settings.hold else { return nil }
        return Refusal(
            .recordsRetention,
            problem: "The number is not erased.",
            reason: "nothing is deleted while it is held: \(hold)",
            remedy: "ask whoever wanted it kept, then release it: ringfence retention set --release"
        )
    }
}
