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
                let days = Int64(store.snapshot.retention.messageDays)
                try await BusinessStore(store).write { backend in
                    guard backend.snapshot.retention.hold == nil else { return }
                    let gone = backend.messages.deleteOld(before: now + .seconds(-86_400 * days))
                    guard gone > 0 else { return }
                    try backend.append(forgotten("voicemail.retain", "\(gone) messages"), at: now)
                }
            },
            Job("record.retain", .daily(minute: Limits.pruneMinute)) { now in
                try await forgetRecords(BusinessStore(store), at: now)
            },
            Job("event.retain", .daily(minute: Limits.pruneMinute)) { now in
                try await BusinessStore(store).write { try $0.pruneEvents(at: now) }
            },
        ]
    }

    /// Deletes records that are too old, some at a time so that nobody waits for all of them, unless somebody holds them.
    private static func forgetRecords(_ store: BusinessStore, at now: WallTime) async throws {
        let limit = now + .seconds(-86_400 * Int64(store.snapshot.retention.recordDays))
        guard store.snapshot.retention.hold == nil,
            let end = try await store.read({ try $0.oldRecords(endedBefore: limit) })
        else { return }
        // Before they go: what leaves no trace is not done.
        _ = try await store.write { try $0.append(forgotten("record.retain", "records until \(end)"), at: now) }
        var gone = 0
        repeat {
            gone = try await store.write { backend in
                backend.snapshot.retention.hold == nil ? try backend.deleteSomeRecords(endedBefore: end) : 0
            }
        } while gone == Store.Limits.retainedAtOnce
    }

    private static func forgotten(_ action: String, _ what: String) -> JournalDraft {
        JournalDraft(actor: "ringfence", action: action, subject: what, detail: "{}")
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
