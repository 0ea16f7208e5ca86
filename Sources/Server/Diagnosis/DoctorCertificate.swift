// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Model
import NIOPosix
public import Primitives

extension Doctor {
    /// The chain and its dates, and then its names.
    func certificate() -> [Finding] {
        guard let text = try? PrivateFiles.read(installation.tls.certificate),
            let facts = try? CertificateFacts(pem: text)
        else {
            let title = "The server's certificate cannot be read"
            return [
                Finding(
                    .certificate,
                    .critical,
                    title,
                    remedy: "Put \(installation.tls.certificate) back from a backup."
                )
            ]
        }
        return [dates(of: facts), names(of: facts)]
    }

    private func dates(of facts: CertificateFacts) -> Finding {
        if let key = try? PrivateFiles.read(installation.tls.key), !facts.matches(keyPEM: key) {
            return Finding(
                .certificate,
                .critical,
                "The certificate does not belong to the key beside it",
                remedy: "Put the pair back together in \(installation.directory)/tls."
            )
        }
        if let root, !facts.isSigned(by: root) {
            return Finding(
                .certificate,
                .critical,
                "The certificate is not signed by the root that phones are given",
                remedy: "Put the matching files back in \(installation.directory)/tls."
            )
        }
        guard let review = try? CertificateReview(installation) else {
            return Finding(
                .certificate,
                .critical,
                "The files of the certificate cannot be read",
                remedy: "Put the matching files back in \(installation.directory)/tls."
            )
        }
        return dates(of: facts, review)
    }

    private func dates(of facts: CertificateFacts, _ review: CertificateReview) -> Finding {
        let isRefused = facts.notAfter <= now || facts.notBefore > now
        if let warning = review.warnings(at: now).first {
            let severity: Finding.Severity = isRefused || warning.end == nil ? .critical : .warning
            return Finding(
                .certificate,
                severity,
                warning.title,
                evidence: "Phones refuse it then.",
                remedy: warning.remedy,
                dependsOn: [.clock]
            )
        }
        guard let reason = review.renewal(at: now) else {
            return Finding(.certificate, .good, "The certificate is valid until \(facts.notAfter.day)")
        }
        let title =
            facts.notBefore > now
            ? "The certificate is not valid before \(facts.notBefore.day)"
            : "The certificate \(facts.notAfter <= now ? "ended" : "ends") on \(facts.notAfter.day)"
        let cure =
            serving == nil
            ? "Start the server, which renews it: ringfence serve \(here)"
            : "The running server renews it within the hour. If it does not, its log says why"
        return Finding(
            .certificate,
            isRefused ? .critical : .warning,
            title,
            evidence: "It is to be renewed, because \(reason).",
            remedy: cure
        )
    }

    private func names(of facts: CertificateFacts) -> Finding {
        guard let missing = installation.settings.names.first(where: { !facts.covers($0) }) else {
            return Finding(
                .certificateNames,
                .good,
                "The certificate is for \(installation.settings.names.joined(separator: ", "))"
            )
        }
        return Finding(
            .certificateNames,
            .critical,
            "The certificate is not for \(missing)",
            evidence: "Phones are told that name and refuse another.",
            remedy: "Get one for it, as \(installation.tls.certificate)."
        )
    }

    private var root: CertificateFacts? {
        guard let path = installation.tls.authority, let text = try? PrivateFiles.read(path) else { return nil }
        return try? CertificateFacts(pem: text)
    }

    /// Whether the name that phones are told leads to the address that the server has.
    func hostName() async -> Finding {
        let name = installation.settings.names.first ?? installation.settings.domain
        // A resolver that nobody answers blocks for seconds, and not on a thread of other tasks.
        let found = (try? await NIOThreadPool.singleton.runIfActive { resolve(name) }) ?? []
        if found.contains(installation.address) {
            return Finding(.hostName, .good, "\(name) leads to \(installation.address)")
        }
        let outcome = found.isEmpty ? "leads nowhere" : "leads to \(found.map(\.description).joined(separator: ", "))"
        return Finding(
            .hostName,
            .warning,
            "On this machine \(name) \(outcome)",
            evidence: "Phones are told that name, so it must lead to \(installation.address) where they are.",
            remedy: "Add it to your DNS: \(name) A \(installation.address)"
        )
    }

    /// The addresses of a name, through the system's resolver; itself for an address.
    @Sendable public static func askSystem(_ name: String) -> [IPAddress] {
        if let address = IPAddress(parsing: name) { return [address] }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var entry = list
        while let current = entry {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let info = current.pointee
            if getnameinfo(info.ai_addr, info.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0,
                let address = IPAddress(
                    parsing: String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
                ),
                !addresses.contains(address)
            {
                addresses.append(address)
            }
            entry = info.ai_next
        }
        return addresses
    }
}
