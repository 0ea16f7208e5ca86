// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Model
public import Primitives
import Synchronization

extension RingfenceStore {
    /// The last entries, oldest first.
    public func journal(limit: Int = Limits.listedRows) throws -> [JournalEntry] {
        try pool.read { try JournalTable.list($0, limit: max(0, min(limit, Limits.listedRows))) }
    }

    /// The last entries of those that are asked for, oldest first.
    public func journal(_ query: JournalQuery) throws -> [JournalEntry] {
        var query = query
        query.limit = max(0, min(query.limit, Limits.listedRows))
        return try pool.read { try JournalTable.list($0, query) }
    }

    /// Reads the whole journal and says where it was altered first, if it was.
    ///
    /// Finds an edited, removed, inserted or reordered entry by the chain, and a journal whose end was cut off by the anchor
    /// beside the database. About 3 µs per entry in release builds.
    public func verifyJournal() throws -> JournalVerification {
        let anchor = try PrivateFile.read(directory.anchor).flatMap { JournalAnchor(decoding: $0, seal) }
        return try pool.read { try JournalTable.verify($0, against: anchor, seal) }
    }

    /// Takes the journal for whole that is there, after its anchor was lost or its end cut off, and says so in it for ever.
    ///
    /// - Parameter reason: Why, in the words of whoever decides it.
    public func acceptJournal(by actor: String, because reason: String, at now: WallTime) throws -> JournalAcceptance {
        try settings.withLock { settings in
            let anchor = try PrivateFile.read(directory.anchor).flatMap { JournalAnchor(decoding: $0, seal) }
            let acceptance = try pool.write { database -> JournalAcceptance in
                let found = try JournalTable.verify(database, against: anchor, seal)
                guard let problem = found.problem else { return .isWhole }
                let alone = try JournalTable.verify(database, seal)
                guard alone.isIntact else { return .isAltered(alone) }
                let accepted = AcceptedJournal(
                    entries: alone.entries,
                    head: alone.head,
                    problem: problem,
                    reason: reason
                )
                let draft = try JournalDraft(
                    actor: actor,
                    action: "journal.accept",
                    subject: "\(alone.entries)",
                    values: accepted
                )
                guard let entry = try JournalTable.append([draft], database, at: now, seal) else { return .isWhole }
                return .accepted(entry)
            }
            guard case .accepted(let entry) = acceptance else { return acceptance }
            let next = JournalAnchor(sequence: entry.sequence, hash: entry.hash)
            try PrivateFile.replace(directory.anchor, next.encoded(seal))
            settings.anchorIsSound = true
            forget(Self.cutOff)
            return acceptance
        }
    }
}

/// What became of the wish that a journal be taken for whole.
public enum JournalAcceptance: Hashable, Sendable {
    /// With the entry that says so.
    case accepted(JournalEntry)
    /// There is nothing to accept.
    case isWhole
    /// What is there is not what was written, and nobody can make that good.
    case isAltered(JournalVerification)
}

/// What the journal keeps of that.
private struct AcceptedJournal: Encodable {
    let entries: Int64
    let head: String
    /// As `journal verify` said it.
    let problem: String
    let reason: String
}
