// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Logging
public import Primitives

/// What a server is told before it starts: where it listens, what it shows, and where its files are.
///
/// Everything that changes while it runs (extensions, devices, exceptions) is in the store and reaches it as a snapshot.
public struct ServerConfiguration: Sendable {
    /// The folder of the installation, mode 0700, as an absolute path without a slash at its end.
    public var directory: String
    /// The names in the certificate. The first is the one phones are told and the one in Contact (RFC 3261 §8.1.1.8):
    /// phones open their second connection to it and verify that name. Never empty.
    public var hostNames: [String]
    /// The domain of the business. Phones may ask for it as well.
    public var domain: String?
    /// Where SIP is accepted. The first one over TLS is where phones are told to come; there is at least that one.
    public var sip: [EncryptedListener]
    /// Sites whose pages may open a WebSocket.
    public var origins: [WebOrigin]
    /// One range, or one for each version of IP.
    public var media: [MediaPorts]
    /// Networks that phones sit in; sources inside get larger budgets.
    public var sites: [IPPrefix]
    public var tls: TLSFiles
    public var logLevel: Logger.Level

    public init(
        directory: String,
        hostNames: [String],
        domain: String? = nil,
        sip: [EncryptedListener],
        origins: [WebOrigin] = [],
        media: [MediaPorts],
        sites: [IPPrefix] = [],
        tls: TLSFiles,
        logLevel: Logger.Level = .notice
    ) {
        self.directory = directory
        (self.hostNames, self.domain) = (hostNames, domain)
        (self.sip, self.origins) = (sip, origins)
        self.media = media
        self.sites = sites
        self.tls = tls
        self.logLevel = logLevel
    }

    /// Everything that a phone may ask for when it connects: no addresses (RFC 6066 §3).
    var ownNames: [String] {
        (hostNames + [domain].compactMap(\.self)).filter { IPAddress(parsing: $0) == nil && !$0.hasPrefix("[") }
    }
}

/// Where media arrives: one RTP port for all calls, and the next one for RTCP.
public struct MediaPorts: Hashable, Sendable, Codable {
    /// The port a server takes when nobody chose one.
    public static let defaultFirst: UInt16 = 40_000

    /// Written into every SDP, so it is an address that phones can reach, never `0.0.0.0`.
    public let address: IPAddress
    /// RTP of every call. Even, as RFC 3550 §11 asks.
    public let first: UInt16
    /// The end of the range, at least `first + 1`. Ports above `first + 1` are kept for later loops.
    public let last: UInt16

    /// - Returns: `nil` when `first` is odd or 0, `last` is not above it, or the address is not one of a single host.
    public init?(address: IPAddress, first: UInt16, last: UInt16) {
        guard first > 0, first % 2 == 0, last > first, !address.isUnspecified, !address.isMulticastOrBroadcast else {
            return nil
        }
        self.address = address
        self.first = first
        self.last = last
    }

    /// Reads `192.0.2.1:40000-40001` or `[2001:db8::1]:40000-40001`.
    public init?(parsing text: some StringProtocol) {
        guard let dash = text.lastIndex(of: "-"), let last = UInt16(text[text.index(after: dash)...]),
            let start = SocketAddress(parsing: text[..<dash])
        else { return nil }
        self.init(address: start.ip, first: start.port, last: last)
    }

    public var rtp: SocketAddress { SocketAddress(ip: address, port: first) }
    public var rtcp: SocketAddress { SocketAddress(ip: address, port: first + 1) }
}

extension MediaPorts: CustomStringConvertible {
    public var description: String { "\(rtp)-\(last)" }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let ports = Self(parsing: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no media range")
        }
        self = ports
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension [MediaPorts] {
    /// - Returns: `nil` unless it is one range, or one of each version of IP.
    init?(checking ranges: [MediaPorts]) {
        guard (1...2).contains(ranges.count), Set(ranges.map(\.address.isIPv4)).count == ranges.count else {
            return nil
        }
        self = ranges
    }
}

/// The PEM files of the server's certificate.
public struct TLSFiles: Hashable, Sendable {
    /// The server's certificate, followed by its intermediates if there are any.
    public let certificate: String
    /// Mode 0600.
    public let key: String
    /// The root that phones are given; `nil` when the certificate is from an authority that phones know already.
    public let authority: String?
    /// The roots of those who connect with a certificate of their own; `nil` for `authority`.
    public var clientAuthority: String?

    public init(certificate: String, key: String, authority: String?, clientAuthority: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.authority = authority
        self.clientAuthority = clientAuthority
    }
}
