// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Store

/// Looks after the certificate of a running server: renews it in time, shows the new one at once, and warns of what it cannot
/// renew.
///
/// It looks every hour, and within a minute after the clock was set: a certificate that was made while the clock was wrong keeps
/// every phone out.
actor CertificateWatch {
    private let installation: Installation
    private let server: RingfenceServer
    private let store: RingfenceStore
    private let events: EventHub
    /// Days before an end at which people are told, each once.
    private static let stages = [-1, 0, 1, 7, 14, 30, 90, 180]
    /// The stage that was told of, for each subject.
    private var told: [CertificateReview.Warning.Subject: Int] = [:]
    /// A renewal that the journal does not name yet.
    private var unwritten: CertificateRenewal?

    init(_ installation: Installation, _ server: RingfenceServer, _ store: RingfenceStore, _ events: EventHub) {
        (self.installation, self.server, self.store, self.events) = (installation, server, store, events)
    }

    /// The job.
    nonisolated var job: Job {
        Job("certificate.renew", .every(seconds: Limits.certificateReview), followsClock: true) { _ in
            if let trouble = await self.look(at: Date()) { throw trouble }
        }
    }

    /// - Returns: Why it could not be renewed, or written down.
    @discardableResult
    func look(at now: Date) async -> (any Error)? {
        var trouble: (any Error)?
        do {
            if let renewal = try await server.renewCertificate(of: installation, at: now) {
                events.publish(.changed(renewal.alteration))
                unwritten = renewal
            }
            if let renewal = unwritten {
                let (draft, time) = (
                    try renewal.draft(), WallTime(milliseconds: Int64(now.timeIntervalSince1970 * 1_000))
                )
                _ = try await BusinessStore(store).write { try $0.append(draft, at: time) }
                unwritten = nil
            }
        } catch {
            trouble = error
        }
        warn(at: now)
        return trouble
    }

    private func warn(at now: Date) {
        guard let review = try? CertificateReview(installation) else { return }
        let warnings = review.warnings(at: now)
        told = told.filter { subject, _ in warnings.contains { $0.subject == subject } }
        for warning in warnings {
            let days = warning.end == nil ? -1 : warning.daysLeft(at: now)
            let stage = Self.stages.first { days <= $0 } ?? 180
            if let last = told[warning.subject], last <= stage { continue }
            told[warning.subject] = stage
            events.publish(.found(Finding(warning, isUrgent: days <= 7)))
        }
    }
}

extension Finding {
    /// What people have to do about a certificate. A clock that is wrong makes others of it.
    fileprivate init(_ warning: CertificateReview.Warning, isUrgent: Bool) {
        self.init(
            Code(rawValue: "certificate.\(warning.subject.rawValue)"),
            isUrgent ? .critical : .warning,
            "\(warning.title).",
            control: .signallingEncryption,
            remedy: warning.remedy
        )
    }
}

extension CertificateRenewal {
    /// The same as ``draft()``, for people.
    var alteration: Alteration {
        Alteration(
            by: JournalDraft.system,
            "certificate.renew",
            of: new.fingerprint,
            text: "The server's certificate was renewed, because \(reason): until \(new.notAfter.day)"
        )
    }
}
