// SPDX-License-Identifier: Apache-2.0

import Logging
import Model
import Primitives
import Store
import Synchronization

/// Puts bans that the system imposed on the disk, with what the journal says of them, on the thread that writes.
final class BanKeeper: Sendable {
    private let store: BusinessStore
    private let logger: Logger
    private let lines = Mutex(BanLines())

    init(store: RingfenceStore, logger: Logger) {
        (self.store, self.logger) = (BusinessStore(store), logger)
    }

    /// Keeps a ban that the system imposed, and does not wait for the disk. What people decided is there already.
    func keep(_ event: Event) {
        guard case .banned(let ban) = event, ban.isAutomatic else { return }
        store.writeLater { [self] backend in
            do {
                let (summary, own) = try lines.withLock { try $0.take(ban) }
                write(summary, to: backend, at: ban.since)
                try backend.keep(ban, journal: own, at: ban.since)
            } catch {
                logger.error("the ban of \(ban.source) holds, but not after a restart: \(error)")
            }
        }
    }

    /// Returns when everything that was to be kept before is on the disk.
    func settle() async {
        await withCheckedContinuation { (settled: CheckedContinuation<Void, Never>) in
            store.writeLater { _ in settled.resume() }
        }
    }

    /// The same at the end, with a line of the bans that the journal did not name.
    func finish() async {
        store.writeLater { [self] backend in
            write(lines.withLock { $0.summary() }, to: backend, at: SystemClock.wall)
        }
        await settle()
    }

    private func write(_ summary: JournalDraft?, to backend: any Backend, at now: WallTime) {
        guard let summary else { return }
        do {
            try backend.append(summary, at: now)
        } catch {
            logger.error("the journal has no line of \(summary.subject) bans: \(error)")
        }
    }
}
