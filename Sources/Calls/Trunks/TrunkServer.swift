// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// One place where a provider can be reached, as DNS or its settings say. It names no transport: that is pinned in the settings,
/// so DNS can never lower it (row K04).
public struct TrunkServer: Hashable, Sendable {
    /// The host as it was looked up, for people: no certificate is compared with it.
    public let host: String
    public let address: SocketAddress

    public init(host: String, address: SocketAddress) { (self.host, self.address) = (host, address) }
}

extension TrunkServer: CustomStringConvertible {
    /// For people: `sip1.provider.example (192.0.2.1:5061)`.
    public var description: String { host == address.ip.description ? "\(address)" : "\(host) (\(address))" }
}

/// Names one thing that the switchboard asked of its surroundings; an answer to an earlier one is not listened to.
public struct TrunkAttempt: Hashable, Sendable {
    let serial: UInt64
}

/// Find out where a provider is (RFC 3263 §4). Answered by ``Switchboard/resolved(_:_:_:)``.
public struct TrunkLookup: Sendable {
    public let attempt: TrunkAttempt
    public let trunk: TrunkName
    public let domain: DomainName
    /// Where the settings say it is, first choice first; empty for what DNS says of the domain.
    public let servers: [Trunk.Server]
    /// Which records to ask for: never those of another transport.
    public let transport: Trunk.Transport

    init(_ trunk: Trunk, _ attempt: TrunkAttempt) {
        (self.attempt, self.trunk, domain) = (attempt, trunk.name, trunk.domain)
        (servers, transport) = (trunk.servers, trunk.transport)
    }

    /// One that no switchboard waits for.
    public init(trying trunk: Trunk) { self.init(trunk, TrunkAttempt(serial: 0)) }
}

/// Open a connection to a provider. Answered by ``Switchboard/connected(_:_:_:)``, when the certificate was verified, or
/// ``Switchboard/connectFailed(_:_:_:)``.
public struct TrunkConnect: Sendable {
    public let attempt: TrunkAttempt
    public let trunk: TrunkName
    public let server: TrunkServer
    /// What the certificate must name (RFC 5922 §7.2).
    public let domain: DomainName
    public let transport: Trunk.Transport
    /// PEM of the roots that sign it; `nil` for those that this machine trusts.
    public let authority: String?
    /// Whether our certificate is shown.
    public let showsCertificate: Bool

    init(_ trunk: Trunk, _ server: TrunkServer, _ attempt: TrunkAttempt) {
        (self.attempt, self.trunk, self.server) = (attempt, trunk.name, server)
        (domain, transport) = (trunk.domain, trunk.transport)
        (authority, showsCertificate) = (trunk.authority, trunk.showsCertificate)
    }

    /// One that no switchboard waits for.
    public init(trying trunk: Trunk, at server: TrunkServer) { self.init(trunk, server, TrunkAttempt(serial: 0)) }
}
