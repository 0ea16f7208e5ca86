// SPDX-License-Identifier: Apache-2.0

/// Fraud against one business.
struct Attack {
    var kind: AttackKind
    var reach: Reach
    var lines: [AttackLine]
    /// What the attacker did before the first call: when the attack begins.
    var begins: Instant
    /// The extensions it uses.
    var payers: Set<Int> { Set(lines.flatMap(\.payers)) }
    /// The end of the last window.
    var ends: Instant { lines.compactMap(\.windows.last?.upperBound).max() ?? begins }
}
