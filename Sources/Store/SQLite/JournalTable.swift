// SPDX-License-Identifier: Apache-2.0

import GRDB
import Model
import Primitives

/// The journal as rows.
enum JournalTable {
    /// Appends entries and answers with the last one; `nil` when there are none.
    static func append(
        _ drafts: [JournalDraft],
        _ database: Database,
        at now: WallTime,
        _ seal: Seal
    ) throws -> JournalEntry? {
        guard !drafts.isEmpty else { return nil }
        let last = try Row.fetchOne(database, sql: "SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1")
        var (sequence, previous): (Int64, String) =
            last.map { ($0["sequence"], $0["hash"]) } ?? (0, JournalChain.origin)
        var entry: JournalEntry?
        for draft in drafts {
            sequence += 1
            let next = JournalChain.entry(draft, sequence: sequence, at: now, after: previous, seal)
            try insert(next, database)
            previous = next.hash
            entry = next
        }
        return entry
    }

    static func insert(_ entry: JournalEntry, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO journal (sequence, at, actor, action, subject, detail, previous, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        try statement.execute(arguments: [
            entry.sequence, entry.at.milliseconds, entry.actor, entry.action, entry.subject, entry.detail,
            entry.previous, entry.hash,
        ])
    }

    /// Newest last; at most the last `limit` entries.
    static func list(_ database: Database, limit: Int) throws -> [JournalEntry] {
        try Row.fetchAll(
            database,
            sql: "SELECT * FROM (SELECT * FROM journal ORDER BY sequence DESC LIMIT ?) ORDER BY sequence",
            arguments: [limit]
        ).map(entry)
    }

    /// The same of those that are asked for. What people did is found without reading what lies between: by an index, whose
    /// condition has to stand here word for word.
    static func list(_ database: Database, _ query: JournalQuery) throws -> [JournalEntry] {
        var conditions = query.includesSystem || query.action != nil ? ["true"] : ["actor <> 'ringfence'"]
        var arguments: StatementArguments = []
        if let before = query.before {
            conditions.append("sequence < ?")
            arguments += [before]
        }
        if let action = query.action {
            conditions.append("action = ?")
            arguments += [action]
            if let subject = query.subject {
                conditions.append("subject = ?")
                arguments += [subject]
            }
        }
        let wanted =
            "SELECT * FROM journal WHERE \(conditions.joined(separator: " AND ")) ORDER BY sequence DESC LIMIT ?"
        return try Row.fetchAll(
            database,
            sql: "SELECT * FROM (\(wanted)) ORDER BY sequence",
            arguments: arguments + [query.limit]
        ).map(entry)
    }

    /// Whether the journal still holds what the anchor saw. It may hold more: a crash can come between the two.
    static func agrees(_ database: Database, with anchor: JournalAnchor?, expectsJournal: Bool) throws -> Bool {
        guard let anchor else { return !expectsJournal }
        let hash = try String.fetchOne(
            database,
            sql: "SELECT hash FROM journal WHERE sequence = ?",
            arguments: [anchor.sequence]
        )
        return hash == anchor.hash
    }

    /// The chain as it was read, from its first entry on.
    private struct Chain {
        var count: Int64 = 0
        var head = JournalChain.origin
        var events = EventReview()
        /// The hash of the entry that was asked for; `nil` where it was not reached.
        var marked: String?
        var fault: (sequence: Int64, problem: String)?
    }

    /// Reads the whole chain and compares it with what the anchor remembers.
    ///
    /// - Parameter anchor: Read before the transaction began, so that an entry written meanwhile is no alarm; `nil` where
    ///   the file is missing or was not written with our key.
    static func verify(_ database: Database, against anchor: JournalAnchor?, _ seal: Seal) throws -> JournalVerification
    {
        let chain = try read(database, marking: anchor?.sequence, seal)
        return try verification(of: chain, database, seal) { fault(in: chain, against: anchor) }
    }

    /// The same without an anchor: what is there is what was written, and how much is missing at its end nobody can say.
    static func verify(_ database: Database, _ seal: Seal) throws -> JournalVerification {
        try verification(of: read(database, marking: nil, seal), database, seal) { nil }
    }

    private static func verification(
        of chain: Chain,
        _ database: Database,
        _ seal: Seal,
        comparing anchored: () -> (sequence: Int64, problem: String)?
    ) throws -> JournalVerification {
        let fault = try chain.fault ?? anchored() ?? chain.events.fault(in: database, next: chain.count + 1, seal)
        return JournalVerification(
            entries: chain.count,
            head: chain.head,
            firstWrong: fault?.sequence,
            problem: fault?.problem
        )
    }

    /// - Parameter sequence: The entry whose hash is wanted.
    private static func read(_ database: Database, marking sequence: Int64?, _ seal: Seal) throws -> Chain {
        var chain = Chain()
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM journal ORDER BY sequence")
        while let row = try rows.next() {
            let entry = entry(row)
            chain.fault = fault(in: entry, after: chain, seal)
            guard chain.fault == nil else { return chain }
            (chain.count, chain.head) = (entry.sequence, entry.hash)
            chain.events.read(entry)
            if entry.sequence == sequence { chain.marked = entry.hash }
        }
        return chain
    }

    private static func fault(
        in entry: JournalEntry,
        after chain: Chain,
        _ seal: Seal
    ) -> (sequence: Int64, problem: String)? {
        if entry.sequence != chain.count + 1 {
            return (chain.count + 1, "the entry is missing; the next one there is \(entry.sequence)")
        }
        if !JournalChain.isConsistent(entry, seal) { return (entry.sequence, "its content is not what was written") }
        return entry.previous == chain.head ? nil : (entry.sequence, "it does not follow the entry before it")
    }

    private static func fault(
        in chain: Chain,
        against anchor: JournalAnchor?
    ) -> (sequence: Int64, problem: String)? {
        guard let anchor else {
            return (chain.count + 1, "journal.anchor is missing or was not written by this system")
        }
        guard chain.count >= anchor.sequence else {
            let problem = "the journal ended at \(anchor.sequence) when it was last written: its end is cut off"
            return (chain.count + 1, problem)
        }
        return chain.marked == anchor.hash
            ? nil : (anchor.sequence, "it is not the entry that journal.anchor remembers")
    }

    private static func entry(_ row: Row) -> JournalEntry {
        JournalEntry(
            sequence: row["sequence"],
            at: WallTime(milliseconds: row["at"]),
            actor: row["actor"],
            action: row["action"],
            subject: row["subject"],
            detail: row["detail"],
            previous: row["previous"],
            hash: row["hash"]
        )
    }
}
