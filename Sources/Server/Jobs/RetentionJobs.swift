// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Store

/// What every night deletes of what tells of people, unless somebody holds it.
enum RetentionJobs {
    static func forgetMessages(_ store: BusinessStore, at now: WallTime) async throws {
        try await store.write { backend in
            let end = RetentionRules.end(of: .messages, under: backend.snapshot.retention, at: now)
            guard let end else { return }
            let gone = backend.messages.deleteOld(before: end)
            guard gone > 0 else { return }
            try backend.append(forgotten("voicemail.retain", "\(gone) messages"), at: now)
        }
    }

    /// Some at a time, so that nobody waits for all of them.
    static func forgetRecords(_ store: BusinessStore, at now: WallTime) async throws {
        guard let limit = RetentionRules.end(of: .records, under: store.snapshot.retention, at: now),
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
        try await store.write { try $0.forgetDeleted() }
    }

    private static func forgotten(_ action: String, _ what: String) -> JournalDraft {
        JournalDraft(actor: "ringfence", action: action, subject: what, detail: "{}")
    }
}
