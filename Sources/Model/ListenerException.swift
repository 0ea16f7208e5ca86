// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Leave to open a listener without encryption, for a reason and for a limited time.
public struct ListenerException: Hashable, Sendable, Codable {
    public enum Transport: String, Hashable, Sendable, Codable, CaseIterable {
        case udp
        case tcp
    }

    public let transport: Transport
    /// `192.0.2.1:5060`, as the listener was named.
    public let address: String
    /// Which devices need it and who decided, in a sentence.
    public let reason: String
    /// The first moment at which it no longer holds.
    public let until: WallTime

    public init(transport: Transport, address: String, reason: String, until: WallTime) {
        (self.transport, self.address, self.reason, self.until) = (transport, address, reason, until)
    }
}
