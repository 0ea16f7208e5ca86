// SPDX-License-Identifier: Apache-2.0

import Crypto
public import Foundation
import Guard
import Model
public import Primitives
import SwiftASN1
import X509

/// The private certificate authority of one installation: phones are given its root, the server shows its leaf.
///
/// Its root signs this server and nothing below it (RFC 5280 §4.2.1.9, path length 0). Name constraints are left out on
/// purpose: they must be critical, and the TLS stacks of many desk phones refuse a critical extension they do not know.
public struct CertificateAuthority: Sendable {
    /// Ten years: longer than a phone hangs on a wall, because a new root means touching every phone.
    static let rootLifetime = 3650
    /// One year; 397 days is the most that TLS clients accept from a public authority, and a good rule for a private one.
    static let leafLifetime = 365
    /// A phone without a battery starts in the past, so a new certificate is valid since yesterday.
    private static let backdate: TimeInterval = 86_400

    private let root: Certificate
    private let key: P256.Signing.PrivateKey

    /// A new authority, P-256.
    ///
    /// - Parameter domain: For the name that a person reads in a phone's certificate list.
    public init(for domain: String, at now: Date) throws {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName {
            OrganizationName("Ringfence")
            CommonName("Ringfence CA for \(domain.prefix(40))")
        }
        self.root = try Certificate(
            version: .v3,
            serialNumber: .init(),
            publicKey: .init(key.publicKey),
            notValidBefore: now.addingTimeInterval(-Self.backdate),
            notValidAfter: now.addingTimeInterval(Double(Self.rootLifetime) * 86_400),
            issuer: name,
            subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: .init(key.publicKey))
            },
            issuerPrivateKey: .init(key)
        )
        self.key = key
    }

    /// The authority that an earlier ``init(for:at:)`` made.
    public init(rootPEM: String, keyPEM: String) throws {
        root = try Certificate(pemEncoded: rootPEM)
        key = try P256.Signing.PrivateKey(pemRepresentation: keyPEM)
    }

    public var rootPEM: String { get throws { try root.serializeAsPEM().pemString + "\n" } }
    public var keyPEM: String { key.pemRepresentation + "\n" }

    /// A server certificate.
    ///
    /// - Parameters:
    ///   - names: DNS names; the first is also the common name.
    ///   - addresses: For phones that are given an address instead of a name.
    ///   - keyPEM: The key of the certificate that this one follows; `nil` makes a new one.
    /// - Throws: A refusal when the root has ended: no phone would accept what it signs.
    public func issue(
        names: [String],
        addresses: [IPAddress],
        keyPEM: String? = nil,
        at now: Date
    ) throws -> (certificate: String, key: String) {
        guard root.notValidAfter > now else { throw Refusal.rootEnded(root, at: now) }
        let key = try keyPEM.map { try P256.Signing.PrivateKey(pemRepresentation: $0) } ?? P256.Signing.PrivateKey()
        let subject = try DistinguishedName {
            CommonName(String((names.first ?? addresses.first?.description ?? "ringfence").prefix(64)))
        }
        let certificate = try Certificate(
            version: .v3,
            serialNumber: .init(),
            publicKey: .init(key.publicKey),
            notValidBefore: now.addingTimeInterval(-Self.backdate),
            notValidAfter: min(now.addingTimeInterval(Double(Self.leafLifetime) * 86_400), root.notValidAfter),
            issuer: root.subject,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try leafExtensions(for: .init(key.publicKey), names: names, addresses: addresses),
            issuerPrivateKey: .init(self.key)
        )
        return (try certificate.serializeAsPEM().pemString + "\n", key.pemRepresentation + "\n")
    }

    private func leafExtensions(
        for key: Certificate.PublicKey,
        names: [String],
        addresses: [IPAddress]
    ) throws -> Certificate.Extensions {
        let alternatives =
            names.map { GeneralName.dnsName($0) }
            + addresses.map { GeneralName.ipAddress(ASN1OctetString(contentBytes: $0.networkBytes[...])) }
        return try Certificate.Extensions {
            Critical(BasicConstraints.notCertificateAuthority)
            Critical(KeyUsage(digitalSignature: true))
            try ExtendedKeyUsage([.serverAuth])
            SubjectAlternativeNames(alternatives)
            AuthorityKeyIdentifier(keyIdentifier: SubjectKeyIdentifier(hash: .init(self.key.publicKey)).keyIdentifier)
            SubjectKeyIdentifier(hash: key)
        }
    }
}

extension Refusal {
    fileprivate static func rootEnded(_ root: Certificate, at now: Date) -> Self {
        Self(
            .signallingEncryption,
            problem: "No certificate can be made for the server.",
            reason:
                "the root that phones were given is good until \(root.notValidAfter.day), and the clock says "
                + "\(now.day)",
            remedy: "look whether the clock is right: timedatectl; if it is, give phones another root, then: "
                + "ringfence certificate replace --new-authority"
        )
    }
}

extension IPAddress {
    /// Four bytes for IPv4 and 16 for IPv6, in network order, as an iPAddress name carries them (RFC 5280 §4.2.1.6).
    var networkBytes: [UInt8] {
        if let v4 { return (0..<4).map { UInt8(truncatingIfNeeded: v4 >> UInt32(24 - 8 * $0)) } }
        return (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> UInt64(56 - 8 * ($0 % 8))) }
    }

    init?(networkBytes bytes: ArraySlice<UInt8>) {
        switch bytes.count {
        case 4:
            self.init(v4: bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case 16:
            self.init(
                high: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
                low: bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
            )
        default:
            return nil
        }
    }
}
