// SPDX-License-Identifier: Apache-2.0

/// What came of the four weeks of one business under one detector.
struct Outcome {
    var kind: BusinessKind
    var legitimate = Legitimate()
    /// `nil` for a quiet month.
    var attack: AttackOutcome?
    var trueAlerts = 0
    /// Alerts that belong to no attack, one for each rule and extension in 24 hours.
    var falseAlerts = 0

    /// What the business's own people met.
    struct Legitimate {
        var calls = 0
        var spoken = 0
        var cost = Money.zero
        /// Refused, or asked something that the caller cannot answer, by the owner's choice of countries and classes.
        var refusedByPolicy = 0
        /// The same, by any other rule.
        var refusedByRules = 0
        var cut = 0
        /// Asked, and went through.
        var asked = 0
        /// Refused and cut, by rule.
        var hits: [Rule: Int] = [:]
    }
}

/// What came of an attack.
struct AttackOutcome {
    var kind: AttackKind
    var reach: Reach
    var attempts = 0
    var refused = 0
    var cut = 0
    var spoken = 0
    var loss = Money.zero
    /// The first answer, and the end of the last answered call.
    var firstLoss: Instant?
    var lastLoss: Instant?
    /// When a call of it was first refused, cut or not confirmed, or a true alert was given.
    var noticed: Instant?

    init(of attack: Attack) { (kind, reach) = (attack.kind, attack.reach) }

    /// Seconds from the first answer to the last spoken second; 0 when nobody answered.
    var lasted: Int { (lastLoss ?? 0) - (firstLoss ?? 0) }
}
