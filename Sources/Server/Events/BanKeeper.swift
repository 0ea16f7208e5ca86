// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Logging
import Model
import Primitives
import Store
import Synchronization

/// Puts bans that the system imposed on the disk, with what the journal says of them, on a thread of its own.
final class BanKeeper: Sendable {
    private let queue = DispatchQueue(label: "ringfence-bans")
    private let store: RingfenceStore
    private let logger: Logger
    private let lines = Mutex(BanLines())

    init(store: RingfenceStore, logger: Logger) {
        (self.store, self.logger) = (store, logger)
    }

    /// Keeps a ban that the system imposed, and does not wait for the disk. What people decided is there already.
    func keep(_ event: Event) {
        guard case .banned(let ban) = event, ban.isAutomatic else { return }
        queue.async { [self] in
            do {
                let (summary, own) = try lines.withLock { try $0.take(ban) }
                write(summary, at: ban.since)
                try store.keep(ban, journal: own, at: ban.since)
            } catch {
                logger.error("the ban of \(ban.source) holds, but not after a restart: \(error)")
            }
        }
    }

    /// Returns when everything that was to be kept before is on the disk.
    func settle() async {
        await withCheckedContinuation { (settled: CheckedContinuation<Void, Never>) in
            queue.async { settled.resume() }
        }
    }

    /// The same at the end, with a line of the bans that the journal did not name.
    func finish() async {
        queue.async { [self] in
            write(lines.withLock { $0.summary() }, at: SystemClock.wall)
        }
        await settle()
    }

    private func write(_ summary: JournalDraft?, at now: WallTime) {
        guard let summary else { return }
        do {
            try store.append(summary, at: now)
        } catch {
            logger.error("the journal has no line of \(summary.subject) bans: \(error)")
        }
    }
}
