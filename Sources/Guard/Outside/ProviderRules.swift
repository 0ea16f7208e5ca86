// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Whose requests are a provider's, because of where they come from: the decision of `provider-allowlist`.
public enum ProviderRules {
    /// Whether somebody who comes from an address over a connection that they opened themselves is taken for the provider of a trunk:
    /// only from its published networks, over its own transport, and without encryption only while its exception stands.
    ///
    /// What comes from there is a call to us at most, never a right to call out (row C11).
    ///
    /// - Parameter transport: `nil` for one that no trunk has.
    public static func speaks(
        for trunk: Trunk,
        from address: IPAddress,
        over transport: Trunk.Transport?,
        at now: WallTime
    ) -> Bool {
        guard mayBeUsed(trunk, at: now), transport == trunk.transport else { return false }
        return trunk.prefixes.contains { $0.contains(address) }
    }

    /// Whether a trunk may be used at all: never in the clear without an exception that stands.
    public static func mayBeUsed(_ trunk: Trunk, at now: WallTime) -> Bool {
        guard trunk.isEnabled else { return false }
        return switch trunk.transport {
        case .tls: true
        case .tcp, .udp: trunk.mayBePlain(at: now)
        }
    }
}
