// SPDX-License-Identifier: Apache-2.0

import Admin
import Calls
import Guard
import Model
import NIOPosix
import Primitives
import Store

/// What every business does by itself.
extension RingfenceServer {
    static func jobs(_ store: RingfenceStore, _ hop: SignallingHop, _ census: SocketCensus) -> [Job] {
        [
            Job("exception.end", .every(seconds: Limits.exceptionReview)) { _ in
                _ = await hop.ask { $0.openExceptions() }
            },
            Job("hours.look", .every(seconds: Limits.hoursLook)) { now in
                let isOpen = store.snapshot.hours?.isOpen(at: now) ?? true
                _ = await hop.ask { $0.loop.switchboard.setOpen(isOpen) }
            },
            Job("socket.review", .every(seconds: Limits.socketReview)) { _ in await review(census, hop) },
            Job("ban.prune", .daily(minute: Limits.pruneMinute)) { now in
                try await onThread { try store.pruneBans(at: now) }
            },
            Job("event.retain", .daily(minute: Limits.pruneMinute)) { now in
                try await onThread { try store.pruneEvents(at: now) }
            },
        ]
    }

    /// Compares the sockets of this process with the declared ones, on another thread: the kernel's list is long.
    private static func review(_ census: SocketCensus, _ hop: SignallingHop) async {
        guard let (declared, exceptions) = await hop.ask({ ($0.listeners, $0.exceptions) }) else { return }
        let findings = try? await onThread {
            ListenerPolicy.judge(
                declared: declared,
                found: census.found(for: hop.business, notOlderThan: Limits.censusAge),
                exceptions: exceptions,
                at: SystemClock.wall
            )
        }
        _ = await hop.ask { $0.report(findings ?? []) }
    }

    private static func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value
    {
        try await NIOThreadPool.singleton.runIfActive(work)
    }
}
