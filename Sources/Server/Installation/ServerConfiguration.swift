// SPDX-License-Identifier: Apache-2.0

import Guard
public import Logging
public import Model
import Primitives

/// What a server is told before it starts: where it listens, what it shows, and where its files are.
///
/// Everything that changes while it runs (extensions, devices, exceptions, sites) is in the store and reaches it as a snapshot.
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
    /// One range, or one for each version of IP.
    public var media: [MediaPorts]
    public var tls: TLSFiles
    public var logLevel: Logger.Level

    public init(
        directory: String,
        hostNames: [String],
        domain: String? = nil,
        sip: [EncryptedListener],
        media: [MediaPorts],
        tls: TLSFiles,
        logLevel: Logger.Level = .notice
    ) {
        self.directory = directory
        (self.hostNames, self.domain) = (hostNames, domain)
        (self.sip, self.media) = (sip, media)
        self.tls = tls
        self.logLevel = logLevel
    }

    /// Sites of the web under our own names: their pages may open a WebSocket in any case.
    var ownOrigins: [WebOrigin] { hostNames.compactMap { WebOrigin(parsing: "https://\($0)") } }

    /// Everything that a phone may ask for when it connects: no addresses (RFC 6066 §3).
    var ownNames: [String] {
        (hostNames + [domain].compactMap(\.self)).filter { IPAddress(parsing: $0) == nil && !$0.hasPrefix("[") }
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
    /// PEM of the roots of those who connect with a certificate of their own; `nil` for those in `authority`.
    public var clientAuthority: String?

    public init(certificate: String, key: String, authority: String?, clientAuthority: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.authority = authority
        self.clientAuthority = clientAuthority
    }
}
