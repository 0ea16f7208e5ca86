// SPDX-License-Identifier: Apache-2.0

import Model
public import Primitives

/// Names one connection (or one UDP listener with one peer) for as long as the process runs. Never used twice.
public struct FlowID: Hashable, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }
}

/// How SIP travels on a flow.
public enum Transport: String, Hashable, Sendable {
    case tls, wss, tcp, udp

    /// Whether the transport itself repeats what was lost (RFC 3261 §17).
    public var isReliable: Bool {
        switch self {
        case .tls, .wss, .tcp: true
        case .udp: false
        }
    }

    /// Whether nobody on the way can read it: what MD5 and keys in a description need.
    public var isEncrypted: Bool {
        switch self {
        case .tls, .wss: true
        case .tcp, .udp: false
        }
    }

    /// As the settings of a trunk name it; `nil` for one that no trunk has.
    var ofTrunk: Trunk.Transport? {
        switch self {
        case .tls: .tls
        case .tcp: .tcp
        case .udp: .udp
        case .wss: nil
        }
    }

    /// As it stands in a Via header.
    var viaName: StaticString {
        switch self {
        case .tls: "SIP/2.0/TLS "
        case .wss: "SIP/2.0/WSS "
        case .tcp: "SIP/2.0/TCP "
        case .udp: "SIP/2.0/UDP "
        }
    }

    /// As it stands in a URI: `ws` whether encrypted or not (RFC 7118 §5.4).
    var uriName: StaticString {
        switch self {
        case .tls: "tls"
        case .wss: "ws"
        case .tcp: "tcp"
        case .udp: "udp"
        }
    }
}

/// Where a message came from, and the way back to its sender (RFC 5626 §3.2).
///
/// A phone is reached over the flow it opened and over nothing else: no address that a message names is ever dialled.
public struct Flow: Sendable {
    public let id: FlowID
    public let transport: Transport
    public let remote: SocketAddress
    public let local: SocketAddress
    /// `TLSv1.2` or `TLSv1.3`; `nil` without TLS.
    public let tlsVersion: String?
    public let cipher: String?

    public init(
        id: FlowID,
        transport: Transport,
        remote: SocketAddress,
        local: SocketAddress,
        tlsVersion: String? = nil,
        cipher: String? = nil
    ) {
        self.id = id
        self.transport = transport
        self.remote = remote
        self.local = local
        self.tlsVersion = tlsVersion
        self.cipher = cipher
    }
}
