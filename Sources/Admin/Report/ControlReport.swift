// SPDX-License-Identifier: Apache-2.0

import Guard
public import Model
public import Store

/// What an audit or an attack found out about one control.
public struct ControlOutcome: Hashable, Sendable, Codable {
    public let control: Control
    public let passed: Bool
    /// What was seen, in a sentence. Never a secret.
    public let evidence: String

    public init(control: Control, passed: Bool, evidence: String) {
        (self.control, self.passed, self.evidence) = (control, passed, evidence)
    }
}

/// A control, whether it holds, and how that is known.
public struct ControlReport: Hashable, Sendable, Codable {
    public enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// The last proofs hold, or there are none yet.
        case enforced
        /// Enforced but for dated exceptions that are open now.
        case excepted
        /// The last audit or attack found that it falls short.
        case fallsShort
    }

    public let control: Control
    public let title: String
    public let state: State
    /// How many exceptions are open.
    public let openExceptions: Int
    /// `nil` when it was never audited.
    public let lastAudit: Proof?
    /// `nil` when it was never attacked.
    public let lastAttack: Proof?

    public init(
        control: Control,
        title: String,
        state: State,
        openExceptions: Int,
        lastAudit: Proof?,
        lastAttack: Proof?
    ) {
        (self.control, self.title, self.state) = (control, title, state)
        (self.openExceptions, self.lastAudit, self.lastAttack) = (openExceptions, lastAudit, lastAttack)
    }
}
