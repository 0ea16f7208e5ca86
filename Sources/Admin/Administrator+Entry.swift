// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Who comes in.
extension Administrator {
    /// Does what an account of this machine asks, by the role that it has at this moment.
    ///
    /// - Parameter narrowed: The role that it wants to act in; it gets no right by that which it does not have.
    public func perform<Asked: Command>(
        _ command: Asked,
        for account: LocalAccount,
        as narrowed: Role? = nil
    ) async throws(Refusal) -> Asked.Reply {
        let operators = store.snapshot.operators
        guard let role = OperatorRules.role(of: account, server: doorkeeper.server, among: operators) else {
            throw await turnAway(account)
        }
        if !OperatorRules.isAlwaysOwner(account.user, server: doorkeeper.server) { see(account) }
        return try await perform(command, by: Actor(name: account.description, role: role, narrowedTo: narrowed))
    }

    /// Somebody came to the control socket who is not let in.
    ///
    /// - Returns: What he is to be told.
    public func turnAway(_ account: LocalAccount) async -> Refusal {
        let refusal = OperatorRules.refusal(ofEntryBy: account)
        await alarm(refusal, of: "control.connect", by: account.description)
        return refusal
    }

    /// The first time in an hour: the list says who has not been here for long.
    private func see(_ account: LocalAccount) {
        let time = now()
        guard let name = account.name, seen[name].map({ time - $0 >= Limits.visit || time < $0 }) ?? true else {
            return
        }
        seen[name] = time
        // A disk that is full is said by the command that needs it.
        try? store.see(operator: name, at: time)
    }
}
