// SPDX-License-Identifier: Apache-2.0

public import Model

/// What a phone can ask to be told about.
public enum WatchedState: Hashable, Sendable, CaseIterable {
    /// Whether an extension has calls, and whether they ring: what lights a lamp.
    case calls
    /// Whether an extension can be reached.
    case presence
    /// How many messages wait.
    case mailbox
    /// Where a phone is registered.
    case registration
}

/// Proof that somebody may be told of a state. Only ``SubscriptionRules`` makes one, so a subscription that nobody allowed
/// does not compile.
public struct MayWatch: Hashable, Sendable {
    public let state: WatchedState
    /// Whose state it is.
    public let number: ExtensionNumber

    init(state: WatchedState, number: ExtensionNumber) {
        (self.state, self.number) = (state, number)
    }
}

/// Who may watch what (RFC 6665 §6.1; RFC 4235 §6; row R05 of the attack catalogue).
///
/// Lamps and presence are for everybody inside the business; what waits in a mailbox and where phones are is for their
/// owner. Who may not watch is not told whether there would be something to see.
public enum SubscriptionRules {
    /// - Parameters:
    ///   - watcher: The phone that asks, by its credential.
    ///   - number: Whose state it asks for; `nil` where the request names no extension.
    /// - Returns: `nil` for an extension that is unknown, disabled or not the watcher's to watch: one answer for all three.
    public static func decide(
        _ watcher: Device,
        asksFor state: WatchedState,
        of number: ExtensionNumber?,
        in snapshot: Snapshot
    ) -> MayWatch? {
        guard snapshot.devices[watcher.username]?.id == watcher.id,
            snapshot.extensions[watcher.number]?.isEnabled == true,
            let number, snapshot.extensions[number]?.isEnabled == true
        else { return nil }
        switch state {
        case .calls, .presence: return MayWatch(state: state, number: number)
        case .mailbox, .registration: return number == watcher.number ? MayWatch(state: state, number: number) : nil
        }
    }
}
