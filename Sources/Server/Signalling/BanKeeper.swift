// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Logging
import Model
import Store

/// Puts bans that the system imposed on the disk, each with its line in the journal, on a thread of its own.
final class BanKeeper: Sendable {
    private let queue = DispatchQueue(label: "ringfence-bans")
    private let store: RingfenceStore
    private let logger: Logger

    init(store: RingfenceStore, logger: Logger) {
        (self.store, self.logger) = (store, logger)
    }

    /// Does not wait for the disk.
    func keep(_ ban: Ban) {
        queue.async { [store, logger] in
            do {
                let draft = JournalDraft(
                    actor: ban.actor,
                    action: "ban.impose",
                    subject: ban.source.description,
                    detail: try Self.json(ban)
                )
                try store.keep(ban, journal: draft, at: ban.since)
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

    private static func json(_ ban: Ban) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(["new": ban]), as: UTF8.self)
    }
}
