// SPDX-License-Identifier: Apache-2.0

public import Model

/// What becomes of an outside call while the business is closed (control `after-hours`). The smaller budgets are rules of
/// ``CallPatterns``: `closed-hour`, `closed-day` and `business-closed-hour`.
public enum AfterHoursRules {
    public enum Answer: Hashable, Sendable {
        case allow
        /// It is placed, and people are told once in 24 hours and extension.
        case tell
        case confirm
        case refuse
    }

    /// - Parameter home: The country of the business.
    public static func decide(_ attempt: OutsideAttempt, home: Region, settings: AfterHoursSettings) -> Answer {
        guard !attempt.isOpen, !attempt.isEmergency else { return .allow }
        let isAbroad = attempt.region != home
        if isAbroad, settings.abroad == .roster, !settings.roster.contains(attempt.caller) { return .refuse }
        if isAbroad, settings.abroad == .confirm, !attempt.isConfirmed { return .confirm }
        return settings.told.contains(attempt.numberClass) || isAbroad && settings.tellsAbroad ? .tell : .allow
    }
}
