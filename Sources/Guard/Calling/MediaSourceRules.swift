// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Where audio may go before anybody has proved where it comes from.
public enum MediaSourceRules {
    public enum Decision: Hashable, Sendable {
        /// Send there from the first packet on: it is the host that signals.
        case sendAtOnce
        /// Send nothing until a packet that authenticates has come; then to where that came from.
        case waitForProof
        /// Never: no phone can be there, so whoever names it wants something else to be hit.
        case never
    }

    /// - Parameters:
    ///   - named: The address in the phone's session description.
    ///   - signalling: Where the phone's connection comes from.
    public static func decide(named: IPAddress, signalling: IPAddress) -> Decision {
        if named == signalling { return .sendAtOnce }
        if named.isUnspecified || named.isMulticastOrBroadcast || named.isLinkLocal { return .never }
        // This machine's own inside is no place for somebody who is outside.
        if named.isLoopback && !signalling.isLoopback { return .never }
        return .waitForProof
    }
}
