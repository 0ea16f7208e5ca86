// SPDX-License-Identifier: Apache-2.0

import Calls
import Foundation
import Guard
import Logging
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
    private let logger: Logger
    /// Days before an end at which people are told, each once.
    private static let stages = [-1, 0, 1, 7, 14, 30, 90, 180]
    /// The stage that was told of, for each subject.
    private var told: [CertificateReview.Warning.Subject: Int] = [:]
    /// A renewal that the journal does not name yet.
    private var unwritten: CertificateRenewal?
    /// The last failure that was told of.
    private var trouble: String?

    init(_ installation: Installation, _ server: RingfenceServer, _ store: RingfenceStore, _ logger: Logger) {
        (self.installation, self.server, self.store, self.logger) = (installation, server, store, logger)
    }

    /// Looks until the task is cancelled.
    func run() async {
        var (offset, next) = (Self.offset, SystemClock.monotonic)
        while !Task.isCancelled {
            let wasSet = Duration.milliseconds(abs(Self.offset - offset)) > Limits.clockStep
            if wasSet || SystemClock.monotonic >= next {
                (offset, next) = (Self.offset, SystemClock.monotonic + Limits.certificateReview)
                await look(at: Date())
            }
            try? await Task.sleep(for: Limits.clockReview)
        }
    }

    /// The wall clock against one that nobody sets, in milliseconds.
    private static var offset: Int64 {
        let now = SystemClock.now
        return now.wall.milliseconds - Int64(now.monotonic.nanoseconds / 1_000_000)
    }

    func look(at now: Date) async {
        do {
            if let renewal = try await server.renewCertificate(of: installation, at: now) {
                logger.tell(renewal, file: installation.tls.certificate)
                unwritten = renewal
            }
            if let renewal = unwritten {
                try store.append(renewal.draft, at: WallTime(milliseconds: Int64(now.timeIntervalSince1970 * 1_000)))
                unwritten = nil
            }
            trouble = nil
        } catch {
            if trouble != "\(error)" {
                logger.error("the certificate cannot be renewed or written down, which is tried again: \(error)")
            }
            trouble = "\(error)"
        }
        warn(at: now)
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
            logger.log(level: days <= 7 ? .error : .warning, "\(warning.title). \(warning.remedy)")
        }
    }
}

extension Logger {
    func tell(_ renewal: CertificateRenewal, file: String) {
        notice(
            "the server's certificate was renewed, because \(renewal.reason)",
            metadata: ["file": "\(file)", "until": "\(renewal.new.notAfter.day)"]
        )
    }
}
