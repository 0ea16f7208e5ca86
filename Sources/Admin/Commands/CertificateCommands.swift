// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// The certificate that phones are shown.
public struct ShowCertificate: Command {
    public static let name = "certificate.show"
    public static let rights: [Right] = [.seeCertificate]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(
        in administrator: isolated Administrator,
        for _: Caller
    ) async throws(Refusal) -> CertificateReport {
        try await administrator.engine.certificate()
    }
}

/// Shows another certificate from now on, on every encrypted listener.
public struct ReplaceCertificate: Command {
    public static let name = "certificate.replace"
    public static let rights: [Right] = [.replaceCertificate]

    public let pair: CertificatePair

    public init(_ pair: CertificatePair) { self.pair = pair }

    public static func harmless(_: ExtensionNumber) -> Self {
        Self(CertificatePair(certificate: "", key: Redacted("")))
    }

    /// The pair is checked before anything changes, and new connections see it when this returns.
    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> CertificateReport {
        let old = try? await administrator.engine.certificate()
        let new = try await administrator.engine.replaceCertificate(pair)
        administrator.facts = administrator.facts.under(new.authority)
        let entry = caller.draft("certificate.replace", new.fingerprint, JournalDetail.of(old, became: new))
        do {
            try administrator.store.append(entry, at: administrator.now())
        } catch {
            throw .replacedUnwritten(error)
        }
        administrator.tell(
            entry,
            "The certificate was replaced by \(caller.name): \(new.fingerprint), until \(new.notAfter)"
        )
        return new
    }
}

extension Refusal {
    fileprivate static func replacedUnwritten(_ error: any Error) -> Self {
        Self(
            .journal,
            problem: "The certificate was replaced, and the journal does not say so.",
            reason: "the database did not take its entry: \(error)",
            remedy: "make sure that the disk is there and has room, then replace it once more: ringfence doctor"
        )
    }
}
