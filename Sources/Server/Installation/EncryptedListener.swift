// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
public import Primitives

/// Where SIP is accepted over TLS.
public struct EncryptedListener: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// RFC 3261 §26.3.1.
        case tls
        /// In WebSockets, for browsers: RFC 7118.
        case wss
    }

    public let kind: Kind
    /// Port 0 lets the system choose, for tests.
    public var address: SocketAddress
    public var clients: ClientCertificates

    public init(_ kind: Kind, _ address: SocketAddress, clients: ClientCertificates = .none) {
        (self.kind, self.address, self.clients) = (kind, address, clients)
    }

    /// As it is declared.
    var listener: Listener {
        switch kind {
        case .tls: Listener(purpose: .sipTLS, address: address.description)
        case .wss: Listener(purpose: .sipWSS, address: address.description)
        }
    }

    var transport: Transport {
        switch kind {
        case .tls: .tls
        case .wss: .wss
        }
    }
}

/// Whether whoever connects has to show a certificate (RFC 8446 §4.3.2). It comes on top of the phone's own credential and
/// replaces none.
public enum ClientCertificates: String, Hashable, Sendable, CaseIterable {
    case none
    /// One that is shown is verified, and a wrong one ends the handshake.
    case request
    /// Without one there is no connection.
    case require
}
