// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Guard
import Model
import Primitives
import Store

/// What became of a certificate that was renewed.
struct CertificateRenewal: Sendable {
    let old: CertificateFacts
    let new: CertificateFacts
    /// Why, in words.
    let reason: String

    private struct Detail: Encodable {
        struct Certificate: Encodable {
            let fingerprint: String
            let notAfter: String
        }
        let new: Certificate
        let old: Certificate
        let reason: String
    }

    /// The journal's line.
    func draft() throws -> JournalDraft {
        func brief(_ facts: CertificateFacts) -> Detail.Certificate {
            Detail.Certificate(fingerprint: facts.fingerprint, notAfter: facts.notAfter.day)
        }
        return try JournalDraft(
            action: "certificate.renew",
            subject: new.fingerprint,
            values: Detail(new: brief(new), old: brief(old), reason: reason)
        )
    }
}

extension Installation {
    /// How long before its end a certificate of our own authority is renewed.
    public static let renewalMargin: TimeInterval = 30 * 86_400
    /// How long before the end of the root people are told: every phone has to be given another one by hand.
    public static let rootMargin: TimeInterval = 180 * 86_400

    /// Renews the server's certificate when it is ours and phones refuse it now or soon. The root stays, so no phone notices.
    ///
    /// - Returns: Whether there is a new one.
    public func renewCertificate(at now: Date) throws -> Bool { try renewal(at: now) != nil }

    /// The same, with what is to be told of it.
    func renewal(at now: Date) throws -> CertificateRenewal? {
        let review = try CertificateReview(self)
        guard let reason = review.renewal(at: now) else { return nil }
        let authority = try CertificateAuthority(
            rootPEM: PrivateFiles.read(rootCertificate),
            keyPEM: PrivateFiles.read(rootKey)
        )
        // The key stays, so that one step on the disk is all there is to it: no crash leaves a pair that does not match.
        let leaf = try authority.issue(
            names: certificateNames,
            addresses: certificateAddresses,
            keyPEM: PrivateFiles.read(tls.key),
            at: now
        )
        let new = try CertificateFacts(pem: leaf.certificate)
        try PrivateFiles.replace(tls.certificate, leaf.certificate, mode: 0o644)
        return CertificateRenewal(old: review.leaf, new: new, reason: reason)
    }
}
