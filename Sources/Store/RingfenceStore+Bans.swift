// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Model
public import Primitives

extension RingfenceStore {
    /// Bans that hold, and those that ended within the last week.
    public func bans() throws -> [Ban] {
        try pool.read { try BanTable.list($0) }
    }

    /// Keeps a ban in place of any there is of its source, in one transaction with its line in the journal.
    ///
    /// - Parameter draft: `nil` for a ban that the system imposed and that a summarising line will tell of.
    public func keep(_ ban: Ban, journal draft: JournalDraft?, at now: WallTime) throws {
        try append(at: now) { database in
            try BanTable.put(ban, database)
            return draft.map { [$0] } ?? []
        }
    }

    /// Forgets the bans that ended more than a week ago.
    public func pruneBans(at now: WallTime) throws {
        try pool.write { try BanTable.prune($0, endedBefore: now + .seconds(-Limits.rememberedBans)) }
    }

    /// Forgets the bans of a source, in one transaction with its line in the journal.
    public func lift(_ source: BanSource, journal draft: JournalDraft, at now: WallTime) throws {
        try append(at: now) { database in
            try BanTable.remove(source, database)
            return [draft]
        }
    }
}
