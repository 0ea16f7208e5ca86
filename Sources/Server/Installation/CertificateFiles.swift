// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Glibc
import Guard
import Model
import Primitives
import Synchronization

/// The certificate of a running server on the disk, and what another one must be to take its place.
final class CertificateFiles: Sendable {
    private let original: TLSFiles
    private let names: [String]
    private let clientAuthority: Mutex<String?>
    /// One replacement at a time: two would mix their files. Holds a renewal whose files are written and that could not be
    /// shown yet.
    private let replacing = Mutex<CertificateRenewal?>(nil)

    /// As they are shown now.
    var present: TLSFiles { files }

    private var files: TLSFiles {
        var files = original
        files.clientAuthority = clientAuthority.withLock { $0 }
        return files
    }

    /// - Parameter names: The names that phones are told.
    init(_ files: TLSFiles, names: [String]) {
        (original, self.names) = (files, names)
        clientAuthority = Mutex(files.clientAuthority)
    }

    /// Other roots sign clients' certificates from now on.
    ///
    /// - Parameter authority: PEM; `nil` for our own root.
    /// - Returns: What is shown from now on.
    func trustClients(of authority: String?, for clients: [ClientCertificates]) throws(Refusal) -> TLSIdentity {
        clientAuthority.withLock { $0 = authority }
        return try TLSIdentity(files, for: clients)
    }

    func report() throws(Refusal) -> CertificateReport {
        let chain = try CandidateCertificate.chain(PrivateFiles.read(files.certificate), named: files.certificate)
        return CertificateReport(chain, authority: authority)
    }

    /// Checks a pair, then puts it in the place of the present one.
    ///
    /// - Returns: What is shown from now on.
    func replace(
        with pair: CertificatePair,
        for clients: [ClientCertificates],
        at now: Date
    ) throws(Refusal) -> (CertificateReport, TLSIdentity) {
        try replacing.withLock { unshown throws(Refusal) in
            let candidate = try CandidateCertificate(pair, for: names, at: now)
            let root = try root(for: candidate, pair)
            try PrivateFiles.prepare(files.key, candidate.key, mode: 0o600)
            try PrivateFiles.prepare(files.certificate, candidate.pem, mode: 0o644)
            // Everything that can fail has been tried with the new files before the old ones go.
            let fresh = TLSFiles(
                certificate: files.certificate + ".new",
                key: files.key + ".new",
                authority: files.authority,
                clientAuthority: files.clientAuthority
            )
            let identity: TLSIdentity
            do throws(Refusal) {
                identity = try TLSIdentity(fresh, for: clients)
            } catch {
                unlink(fresh.key)
                unlink(fresh.certificate)
                throw error
            }
            try PrivateFiles.adopt(files.key)
            try PrivateFiles.adopt(files.certificate)
            unshown = nil
            if pair.hasNewAuthority { try keep(root) }
            return (CertificateReport(candidate.chain, authority: authority), identity)
        }
    }

    /// Renews the certificate when it is ours and it is time.
    ///
    /// - Returns: What is shown from now on; `nil` when nothing has changed.
    func renew(
        of installation: Installation,
        for clients: [ClientCertificates],
        at now: Date
    ) throws -> (CertificateRenewal, TLSIdentity)? {
        try replacing.withLock { unshown in
            guard let renewal = try installation.renewal(at: now) ?? unshown else { return nil }
            unshown = renewal
            let identity = try TLSIdentity(files, for: clients)
            unshown = nil
            return (renewal, identity)
        }
    }

    /// The root that phones will need; refuses one that they do not have.
    private func root(for candidate: CandidateCertificate, _ pair: CertificatePair) throws(Refusal) -> CertificateFacts?
    {
        let own = candidate.chain.last.flatMap { $0.isSelfSigned ? $0 : nil }
        guard !pair.hasNewAuthority, let text = authority, let present = try? CertificateFacts(pem: text) else {
            return own
        }
        let isUnderIt = candidate.chain.contains { $0.isSigned(by: present) }
        guard isUnderIt else { throw .otherAuthority }
        return present
    }

    private var authority: String? { try? PrivateFiles.read(authorityPath) }

    /// Where `init` puts it.
    private var authorityPath: String {
        URL(filePath: files.certificate).deletingLastPathComponent().appending(path: "ca.pem").path
    }

    /// - Parameter root: `nil` when phones know it already.
    private func keep(_ root: CertificateFacts?) throws(Refusal) {
        if let root, let pem = try? root.pem {
            try PrivateFiles.replace(authorityPath, pem, mode: 0o644)
        } else {
            try? FileManager.default.removeItem(atPath: authorityPath)
        }
        forgetKey(of: root)
    }

    /// Takes our own root's key off the disk, unless the root is still the one that phones are given: those that were not given
    /// the new one trust the old one, and whoever finds its key could make a server for them.
    private func forgetKey(of root: CertificateFacts?) {
        let path = URL(filePath: authorityPath).deletingLastPathComponent().appending(path: "ca.key").path
        guard let key = try? PrivateFiles.read(path), root?.matches(keyPEM: key) != true else { return }
        // What lay there may stay on the disk for long: it is written over first, as far as the file system does that.
        if let file = FileHandle(forWritingAtPath: path) {
            try? file.write(contentsOf: Data(count: key.utf8.count))
            try? file.synchronize()
            try? file.close()
        }
        unlink(path)
    }
}

/// A certificate that phones would accept: its key, its chain, its names and its dates are right.
struct CandidateCertificate {
    /// The server's own first.
    let chain: [CertificateFacts]
    let pem: String
    let key: String

    /// - Parameter names: What it must be good for.
    init(_ pair: CertificatePair, for names: [String], at now: Date) throws(Refusal) {
        (pem, key) = (pair.certificate, pair.key.reveal { copy $0 })
        chain = try Self.chain(pem, named: "the file")
        guard let leaf = chain.first, leaf.matches(keyPEM: key) else {
            throw .unfit("its key is not the one beside it")
        }
        guard !leaf.isAuthority else { throw .unfit("it is an authority's and not a server's") }
        for (certificate, issuer) in zip(chain, chain.dropFirst()) where !certificate.isSigned(by: issuer) {
            throw .unfit(
                "its chain does not fit together: each certificate has to be followed by the one that signed it"
            )
        }
        for certificate in chain {
            guard certificate.notAfter > now else {
                throw .unfit("it or its authority ended on \(certificate.notAfter.day)")
            }
            guard certificate.notBefore <= now else {
                throw .unfit("it or its authority begins on \(certificate.notBefore.day)")
            }
        }
        for name in names where !leaf.covers(name) { throw .unfit("it is not for \(name), the name phones are told") }
    }

    static func chain(_ pem: String, named name: String) throws(Refusal) -> [CertificateFacts] {
        guard let chain = try? CertificateFacts.chain(pem: pem), !chain.isEmpty else {
            throw .unfit("\(name) holds no certificate in PEM form")
        }
        return chain
    }
}

extension CertificateReport {
    init(_ chain: [CertificateFacts], authority: String?) {
        let leaf = chain[0]
        self.init(
            names: leaf.names + leaf.addresses.map(\.description),
            notBefore: WallTime(leaf.notBefore),
            notAfter: WallTime(leaf.notAfter),
            fingerprint: leaf.fingerprint,
            chainLength: chain.count,
            authority: authority
        )
    }
}

extension WallTime {
    fileprivate init(_ date: Date) { self.init(milliseconds: Int64(date.timeIntervalSince1970 * 1_000)) }
}

extension Refusal {
    fileprivate static func unfit(_ reason: String) -> Self {
        Self(
            .signallingEncryption,
            problem: "The certificate was not replaced.",
            reason: reason,
            remedy: "give the server's certificate, then its intermediates, and the key that belongs to it"
        )
    }

    fileprivate static let otherAuthority = Self(
        .signallingEncryption,
        problem: "The certificate was not replaced.",
        reason: "another authority signed it than the one that phones were given, so they would refuse it",
        remedy:
            "give phones the new root first; then say that they have it: ringfence certificate replace --new-authority"
    )
}
