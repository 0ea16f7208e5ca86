// SPDX-License-Identifier: Apache-2.0

import Primitives

/// A datagram that is no message, but keeps the way through a NAT open.
public enum KeepAlive: Equatable, Sendable {
    /// Line ends or zeros, as most phones send them. Nothing is expected back.
    case padding
    /// A STUN Binding request (RFC 5626 §4.4.2): the phone wants to hear under which address it is seen.
    case binding(STUNTransaction)

    /// What a datagram is, `nil` when it is neither.
    ///
    /// A request with an attribute that has to be understood is neither: there is none that a keep-alive needs, and what
    /// cannot be obeyed is not answered (RFC 8489 §6.3.1).
    public init?(_ datagram: Span<UInt8>) {
        if datagram.count <= Limits.paddingBytes, datagram.indices.allSatisfy({ datagram[$0].isPadding }) {
            self = .padding
        } else if let transaction = STUNTransaction(request: datagram) {
            self = .binding(transaction)
        } else {
            return nil
        }
    }
}

extension UInt8 {
    fileprivate var isPadding: Bool { self == 0 || self == UInt8(ascii: "\r") || self == UInt8(ascii: "\n") }
}
