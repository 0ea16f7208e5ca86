// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Where SIP is accepted over TLS.
public struct EncryptedListener: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
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

    /// Reads what ``description`` writes.
    public init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, let kind = Kind(rawValue: String(parts[0])),
            let address = SocketAddress(parsing: parts[1]), parts[2].hasPrefix("clients="),
            let clients = ClientCertificates(rawValue: String(parts[2].dropFirst(8)))
        else { return nil }
        self.init(kind, address, clients: clients)
    }
}

extension EncryptedListener: CustomStringConvertible {
    /// `tls 192.0.2.1:5061 clients=none`.
    public var description: String { "\(kind.rawValue) \(address) clients=\(clients.rawValue)" }
}

extension EncryptedListener: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a listener is 'tls 192.0.2.1:5061 clients=none'", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}

/// Whether whoever connects has to show a certificate (RFC 8446 §4.3.2). It comes on top of the phone's own credential and
/// replaces none.
public enum ClientCertificates: String, Hashable, Sendable, Codable, CaseIterable {
    case none
    /// One that is shown is verified, and a wrong one ends the handshake.
    case request
    /// Without one there is no connection.
    case require
}

extension SocketAddress: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("an address is 192.0.2.1:443 or [2001:db8::1]:443", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}

extension IPPrefix: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a network is 10.1.0.0/16 or 2001:db8::/32", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}
