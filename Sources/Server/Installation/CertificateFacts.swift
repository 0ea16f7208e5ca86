// SPDX-License-Identifier: Apache-2.0

import Crypto
public import Foundation
import Guard
import Model
public import Primitives
import SwiftASN1
import X509

/// What a person or an audit wants to know of a certificate in a PEM file.
public struct CertificateFacts: Sendable {
    public let notBefore: Date
    public let notAfter: Date
    /// The DNS names it is good for, lower case. `*.example.com` stands for one label.
    public let names: [String]
    public let addresses: [IPAddress]
    /// SHA-256 of the DER form as phones show it: `AB:CD:…`.
    public let fingerprint: String
    /// Signed by its own key: a root.
    public let isSelfSigned: Bool
    public let isAuthority: Bool
    private let certificate: Certificate

    /// - Parameter pem: The text of a file; the first certificate in it counts.
    public init(pem: String) throws {
        let documents = try PEMDocument.parseMultiple(pemString: pem)
        guard let first = documents.first(where: { $0.discriminator == Certificate.defaultPEMDiscriminator }) else {
            // Says what is wrong.
            try self.init(Certificate(pemEncoded: pem))
            return
        }
        try self.init(Certificate(pemDocument: first))
    }

    private init(_ certificate: Certificate) throws {
        self.certificate = certificate
        (notBefore, notAfter) = (certificate.notValidBefore, certificate.notValidAfter)
        isSelfSigned =
            certificate.issuer == certificate.subject
            && certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
        isAuthority = try certificate.extensions.basicConstraints.map { $0 != .notCertificateAuthority } ?? false
        var (names, addresses): ([String], [IPAddress]) = ([], [])
        for alternative in try certificate.extensions.subjectAlternativeNames ?? SubjectAlternativeNames() {
            if case .dnsName(let name) = alternative { names.append(name.lowercased()) }
            if case .ipAddress(let octets) = alternative, let address = IPAddress(networkBytes: octets.bytes) {
                addresses.append(address)
            }
        }
        (self.names, self.addresses) = (names, addresses)
        let digest = SHA256.hash(data: try certificate.serializeAsPEM().derBytes)
        fingerprint = digest.map { Hex.encode(CollectionOfOne($0)).uppercased() }.joined(separator: ":")
    }

    /// The same of a file of an installation.
    ///
    /// - Throws: A refusal that names it.
    init(reading path: String) throws(Refusal) {
        let text = try PrivateFiles.read(path)
        do {
            try self.init(pem: text)
        } catch {
            throw .noCertificate(in: path)
        }
    }

    /// Every certificate of a file, in its order.
    public static func chain(pem: String) throws -> [CertificateFacts] {
        try PEMDocument.parseMultiple(pemString: pem)
            .filter { $0.discriminator == Certificate.defaultPEMDiscriminator }
            .map { try CertificateFacts(Certificate(pemDocument: $0)) }
    }

    public var pem: String { get throws { try certificate.serializeAsPEM().pemString + "\n" } }

    /// Whether this certificate was made for the private key of a PEM file.
    public func matches(keyPEM: String) -> Bool {
        (try? Certificate.PrivateKey(pemEncoded: keyPEM).publicKey) == certificate.publicKey
    }

    /// Whether `issuer` signed this certificate.
    public func isSigned(by issuer: CertificateFacts) -> Bool {
        certificate.issuer == issuer.certificate.subject
            && issuer.certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
    }

    /// Whether a client that asked for `host` accepts the name in it (RFC 6125 §6.4).
    public func covers(_ host: String) -> Bool {
        if let address = IPAddress(parsing: host) { return addresses.contains(address) }
        let host = host.lowercased()
        if names.contains(host) { return true }
        guard let dot = host.firstIndex(of: "."), dot != host.startIndex else { return false }
        return names.contains("*" + host[dot...])
    }
}

extension Refusal {
    fileprivate static func noCertificate(in path: String) -> Self {
        Self(
            .signallingEncryption,
            problem: "The file \(path) cannot be used.",
            reason: "it holds no certificate in PEM form",
            remedy: "put it back from a backup of the folder"
        )
    }
}
