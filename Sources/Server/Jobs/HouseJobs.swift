// SPDX-License-Identifier: Apache-2.0

import Admin
import Calls
import Guard
import Model
import Primitives
import Store

/// What every business does by itself.
extension RingfenceServer {
    static func jobs(
        _ store: RingfenceStore,
        _ hop: SignallingHop,
        _ census: SocketCensus,
        _ backups: BackupDesk
    ) -> [Job] {
        [
            Job("exception.end", .every(seconds: Limits.exceptionReview)) { _ in
                _ = await hop.ask { $0.openExceptions() }
            },
            Job("hours.look", .every(seconds: Limits.hoursLook)) { now in
                let isOpen = store.snapshot.hours?.isOpen(at: now) ?? true
                _ = await hop.ask { $0.setOpen(isOpen) }
            },
            Job("call.count", .every(seconds: Limits.countedKeeping)) { _ in
                try await CountedKeeper.keep(hop, BusinessStore(store))
            },
            Job("socket.review", .every(seconds: Limits.socketReview)) { _ in await review(census, hop) },
            Job("ban.prune", .daily(minute: Limits.pruneMinute)) { now in
                try await BusinessStore(store).write { try $0.pruneBans(at: now) }
            },
            Job("sign-in.prune", .daily(minute: Limits.pruneMinute)) { now in
                let oldest = now + (.zero - PortalSessionRules.longest)
                try await BusinessStore(store).write { try $0.pruneSignIns(at: now, sessionsBefore: oldest) }
            },
            Job("backup.look", .every(seconds: Limits.backupLook)) { _ in await backups.list() },
            Job("backup.create", .daily(minute: Limits.backupMinute)) { now in try await backups.makeNightly(at: now) },
            Job("alert.retain", .daily(minute: Limits.pruneMinute)) { now in
                try await BusinessStore(store).write { try $0.pruneAlerts(at: now) }
            },
            Job("voicemail.retain", .daily(minute: Limits.pruneMinute)) { now in
                try await RetentionJobs.forgetMessages(BusinessStore(store), at: now)
            },
            Job("record.retain", .daily(minute: Limits.pruneMinute)) { now in
                try await RetentionJobs.forgetRecords(BusinessStore(store), at: now)
            },
            Job("event.retain", .daily(minute: Limits.pruneMinute)) { now in
                try await BusinessStore(store).write { try $0.pruneEvents(at: now) }
            },
        ]
    }

    /// Compares the sockets of this process with the declared ones.
    private static func review(_ census: SocketCensus, _ hop: SignallingHop) async {
        guard let (declared, exceptions) = await hop.ask({ ($0.listeners, $0.exceptions) }) else { return }
        let findings = ListenerPolicy.judge(
            declared: declared,
            found: await census.look(for: hop.business, notOlderThan: Limits.censusAge),
            exceptions: exceptions,
            at: SystemClock.wall
        )
        _ = await hop.ask { $0.report(findings) }
    }

    static let healthReviewName = "health.review"

    /// Tells people of what is wrong although nobody asked. What jobs come to they tell themselves.
    var healthReview: Job {
        Job(Self.healthReviewName, .every(seconds: Admin.Limits.healthReview)) { [self] _ in
            for finding in await health(socketsNotOlderThan: Limits.censusAge).causes
            where finding.code != "jobs" && !finding.isGood {
                events.publish(.found(finding))
            }
        }
    }
}
