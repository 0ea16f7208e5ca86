// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// How one trunk is, for people.
public struct TrunkSummary: Sendable {
    public enum State: String, Sendable, CaseIterable {
        /// Disabled, or in the clear without a valid exception.
        case off
        /// On its way: looking up, connecting, registering.
        case trying
        /// Calls can be made.
        case ready
        /// No server of the provider can be used now; it is tried again by itself.
        case unreachable
        /// The provider answers and does not let us in.
        case refused
    }

    public let name: TrunkName
    public let state: State
    /// Whether something was asked of the provider that has no answer yet.
    public let isTrying: Bool
    /// Where calls leave; `nil` while they cannot.
    public let server: TrunkServer?
    /// Until when the provider knows where we are; `nil` where it does not.
    public let registeredUntil: WallTime?
    /// What went wrong last, also when all is well again.
    public let lastFailure: (failure: TrunkFailure, server: TrunkServer?, at: WallTime)?
    public let tlsVersion: String?
    public let cipher: String?
    /// From the last question to its answer; `nil` before the first.
    public let latency: Duration?
    /// Every server that is known, first choice first, with whether it can be used now.
    public let servers: [(server: TrunkServer, isUp: Bool)]
}
