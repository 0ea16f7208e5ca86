// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives

/// The server's certificate and its root against the clock: what is to be renewed, and what a person has to do.
struct CertificateReview {
    /// Something that no renewal mends.
    struct Warning: Equatable {
        enum Subject: String {
            /// The certificate of an authority that is not ours.
            case certificate
            case root
            case clock
        }

        let subject: Subject
        /// When phones begin to refuse it; `nil` when they do so now.
        let end: Date?
        /// As a heading.
        let title: String
        let remedy: String

        /// Whole days that are left.
        func daysLeft(at now: Date) -> Int {
            end.map { max(0, Int(($0.timeIntervalSince(now) / 86_400).rounded(.down))) } ?? 0
        }
    }

    let leaf: CertificateFacts
    /// The root that phones are given; `nil` when the certificate is from an authority that they know already.
    let root: CertificateFacts?
    /// Whether we have the root's key, and signed the certificate with it.
    let isOurs: Bool
    private let directory: String
    private let names: [String]
    private let addresses: [IPAddress]

    /// Why the certificate is to be renewed now, in words; `nil` when it is not, or cannot be.
    func renewal(at now: Date) -> String? {
        guard isOurs, let root, root.notBefore <= now, root.notAfter > now else { return nil }
        if leaf.notBefore > now { return "it begins on \(leaf.notBefore.day), and that is still to come" }
        if let name = names.first(where: { !leaf.covers($0) }) ?? addresses.first(where: isMissing)?.description {
            return "it is not for \(name)"
        }
        guard leaf.notAfter < now.addingTimeInterval(Installation.renewalMargin) else { return nil }
        // No longer than the root: near its end there is nothing to gain.
        let next = min(now.addingTimeInterval(Double(CertificateAuthority.leafLifetime) * 86_400), root.notAfter)
        guard next > leaf.notAfter.addingTimeInterval(86_400) else { return nil }
        return leaf.notAfter > now ? "it ends on \(leaf.notAfter.day)" : "it ended on \(leaf.notAfter.day)"
    }

    private func isMissing(_ address: IPAddress) -> Bool { !leaf.addresses.contains(address) }

    /// What a person has to do, the most urgent first.
    func warnings(at now: Date) -> [Warning] {
        if let root, isOurs {
            if root.notBefore > now {
                return [
                    Warning(
                        subject: .clock,
                        end: nil,
                        title: "The clock says \(now.minute) UTC, before the root certificate begins",
                        remedy: "Set it and keep it set: timedatectl set-ntp true"
                    )
                ]
            }
            let isNear = root.notAfter < now.addingTimeInterval(Installation.rootMargin)
            return isNear ? [warning(of: root, "The root that phones were given", .root, at: now)] : []
        }
        guard leaf.notBefore <= now else {
            return [
                Warning(
                    subject: .certificate,
                    end: nil,
                    title: "The certificate is not valid before \(leaf.notBefore.day)",
                    remedy: "Look whether the clock is right, or show another one: \(replacement)"
                )
            ]
        }
        let isNear = leaf.notAfter < now.addingTimeInterval(Installation.renewalMargin)
        return isNear ? [warning(of: leaf, "The certificate", .certificate, at: now)] : []
    }

    private func warning(
        of facts: CertificateFacts,
        _ name: String,
        _ subject: Warning.Subject,
        at now: Date
    ) -> Warning {
        let isOver = facts.notAfter <= now
        let remedy =
            switch subject {
            case .root:
                "Phones trust nothing else, so Ringfence does not replace it by itself. Get a certificate under another "
                    + "root, give that root to every phone, then: \(replacement) --new-authority"
            case .certificate, .clock: "Ringfence cannot renew it. Get the next one, then: \(replacement)"
            }
        return Warning(
            subject: subject,
            end: isOver ? nil : facts.notAfter,
            title: "\(name) \(isOver ? "ended" : "ends") on \(facts.notAfter.day)",
            remedy: remedy
        )
    }

    private var replacement: String {
        "ringfence certificate replace --certificate FILE --key FILE --data \(directory)"
    }
}

extension CertificateReview {
    /// Reads the files of an installation.
    ///
    /// - Throws: A refusal for one that cannot be read.
    init(_ installation: Installation) throws {
        leaf = try CertificateFacts(reading: installation.tls.certificate)
        root = try installation.root()
        (directory, names) = (installation.directory, installation.certificateNames)
        addresses = installation.certificateAddresses
        // One that somebody else signed since is theirs to renew.
        isOurs =
            if installation.hasOwnAuthority, let root, leaf.isSigned(by: root) {
                root.matches(keyPEM: try PrivateFiles.read(installation.rootKey))
            } else {
                false
            }
    }
}
