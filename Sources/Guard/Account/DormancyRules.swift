// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// How long an extension may stay that nobody uses: its password works, and nobody would notice who else uses it.
public enum DormancyRules {
    public enum Verdict: Hashable, Sendable {
        case inUse
        /// It is disabled: there is nothing to take away.
        case disabled
        /// Somebody said why it stays, until then.
        case reserved(until: WallTime)
        /// Nobody has used it for so many days, and people are to hear of it.
        case unused(days: Int)
        /// For so long that it ends: people have known of it for long enough.
        case dormant(days: Int)
    }

    /// - Parameter use: What is kept of it; one that was never used counts from its creation.
    public static func decide(_ value: Extension, _ use: ExtensionUse, at now: WallTime) -> Verdict {
        guard value.isEnabled else { return .disabled }
        let days = unusedDays(value, use, at: now)
        guard days >= Limits.unusedDays else { return .inUse }
        if let reservation = value.reservation, now < reservation.until { return .reserved(until: reservation.until) }
        // Whoever sets the clock a year ahead, or serves again after a year, ends nothing before people have heard of it.
        let isWarned = use.toldAt.map { $0 + .seconds(Limits.noticeDays * 86_400) <= now } ?? false
        return days >= Limits.dormantDays && isWarned ? .dormant(days: days) : .unused(days: days)
    }

    /// Whole days in which nobody used it.
    public static func unusedDays(_ value: Extension, _ use: ExtensionUse, at now: WallTime) -> Int {
        let since = [value.createdAt, use.usedAt, use.countedFrom].compactMap(\.self).max() ?? value.createdAt
        return max(0, Int((now - since).components.seconds / 86_400))
    }

    /// Why an extension cannot be kept so; `nil` when it can.
    public static func refusal(of reservation: Reservation, for number: ExtensionNumber) -> Refusal? {
        guard reservation.until <= reservation.from + .seconds(Limits.reservedDays * 86_400) else {
            return Refusal(
                .dormantExtensions,
                problem: "Extension \(number) was not reserved.",
                reason: "somebody looks at it again within \(Limits.reservedDays) days",
                remedy: "choose an earlier end: --until \(Limits.reservedDays)d"
            )
        }
        return nil
    }
}
