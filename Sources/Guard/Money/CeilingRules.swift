// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Who may move the ceiling above all budgets: down at once, up only with two operators and a day.
public enum CeilingRules {
    /// Why a higher ceiling cannot be asked for; `nil` when it can.
    public static func refusal(
        ofAsking account: LocalAccount,
        for limits: SpendLimits,
        in settings: SpendSettings,
        at now: WallTime
    ) -> Refusal? {
        if let raise = settings.raise, !raise.isDue(at: now), !raise.isStale(at: now) {
            return .noRaise("\(raise.request.account) has asked for one already, of \(raise.limits)", "drop")
        }
        guard settings.ceiling(at: now).isWithin(limits), limits != settings.ceiling(at: now) else {
            return .noRaise("it would be lower in part than the one in force, \(settings.ceiling(at: now))", "lower")
        }
        return nil
    }

    /// Why an operator cannot agree to the raise that was asked for; `nil` when they can.
    public static func refusal(
        ofAgreeing account: LocalAccount,
        in settings: SpendSettings,
        at now: WallTime
    ) -> Refusal? {
        guard let raise = settings.raise, !raise.isStale(at: now) else {
            return .noRaise("nobody has asked for one within a week", "raise")
        }
        guard raise.agreement == nil else { return .noRaise("somebody has agreed already", "show") }
        guard raise.request.account.user != account.user else {
            return .noRaise("\(account) asked for it, and somebody else must agree", "show")
        }
        return nil
    }
}

extension Refusal {
    fileprivate static func noRaise(_ reason: String, _ verb: String) -> Self {
        Self(
            .spendLimit,
            problem: "The ceiling above all budgets is not raised.",
            reason: reason,
            remedy: "see it, or take the step that is missing: ringfence spend ceiling \(verb)"
        )
    }
}
