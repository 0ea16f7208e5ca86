// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Who comes in.
extension Administrator {
    /// Does what somebody asks, by the role that they have at this moment.
    ///
    /// - Parameter narrowed: The role that they want to act in; they get no right by that which they do not have.
    public func perform<Asked: Command>(
        _ command: Asked,
        for identity: Identity,
        as narrowed: Role? = nil
    ) async throws(Refusal) -> Asked.Reply {
        let operators = store.snapshot.operators
        guard let role = OperatorRules.role(of: identity, server: doorkeeper.server, among: operators) else {
            throw await turnAway(identity)
        }
        if !OperatorRules.isAlwaysOwner(identity, server: doorkeeper.server) { see(identity) }
        return try await perform(command, by: Actor(identity, role: role, narrowedTo: narrowed))
    }

    /// Somebody came to the control socket who is not let in.
    ///
    /// - Returns: What they are to be told.
    public func turnAway(_ identity: Identity) async -> Refusal {
        let refusal = OperatorRules.refusal(ofEntryBy: identity)
        await alarm(refusal, of: "control.connect", by: identity.description)
        return refusal
    }

    /// The first time in an hour: the list says who has not been here for long.
    private func see(_ identity: Identity) {
        let time = now()
        let named: String? =
            switch identity {
            case .account(let account): account.name
            case .signedIn(let name): name
            }
        guard let name = named,
            seen[name].map({ time - $0 >= Limits.visit || time < $0 }) ?? true
        else {
            return
        }
        seen[name] = time
        // A disk that is full is said by the command that needs it.
        try? store.see(operator: name, at: time)
    }
}
