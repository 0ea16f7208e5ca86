// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model

/// What an attack may say on the control socket of the running server, in any role.
public struct ControlTrials: Sendable {
    /// A command in a form that could do no harm if it were carried out.
    public struct Trial: Hashable, Sendable {
        /// `extension.remove`
        public let name: String
        /// What it needs.
        public let rights: [Right]

        public init(name: String, rights: [Right]) {
            (self.name, self.rights) = (name, rights)
        }
    }

    public enum Reply: Hashable, Sendable {
        /// For each thing in the answer that belongs to extensions, those it belongs to.
        case answered([[ExtensionNumber]])
        case refused(Refusal)
    }

    /// Every command there is.
    public let commands: [Trial]
    /// Says one of ``commands``. One that looks at an extension looks at the one given.
    public let say: @Sendable (Trial, Role, ExtensionNumber) async throws(WireError) -> Reply

    public init(
        commands: [Trial],
        say: @escaping @Sendable (Trial, Role, ExtensionNumber) async throws(WireError) -> Reply
    ) {
        (self.commands, self.say) = (commands, say)
    }
}

/// What an operator may try with the ceiling above all budgets.
public struct CeilingTrials: Sendable {
    public enum Step: Hashable, Sendable {
        /// Lowers it, at once.
        case lower(SpendLimits)
        /// Asks for a higher one, agrees to it, takes it back.
        case ask(SpendLimits)
        case agree(SpendLimits)
        case drop(SpendLimits)
        /// Sets the budget of the business.
        case limit(SpendLimits)
    }

    public let settings: @Sendable () async throws(WireError) -> SpendSettings
    /// Says one step in the name of the attacker's own account; why it was refused, `nil` when it was done.
    public let say: @Sendable (Step) async throws(WireError) -> Refusal?

    public init(
        settings: @escaping @Sendable () async throws(WireError) -> SpendSettings,
        say: @escaping @Sendable (Step) async throws(WireError) -> Refusal?
    ) {
        (self.settings, self.say) = (settings, say)
    }
}
