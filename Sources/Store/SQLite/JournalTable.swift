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

    /// Reads the whole chain from its first entry.
    ///
    /// - Parameter anchor: Read before the transaction began, so that an entry written meanwhile is no alarm; `nil` where
    ///   the file is missing or was not written with our key.
    static func verify(_ database: Database, against anchor: JournalAnchor?, _ seal: Seal) throws -> JournalVerification
    {
        var (count, head) = (Int64(0), JournalChain.origin)
        var anchored = anchor == nil ? nil : "" as String?
        var events = EventReview()
        func wrong(_ sequence: Int64, _ problem: String) -> JournalVerification {
            JournalVerification(entries: count, head: head, firstWrong: sequence, problem: problem)
        }
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM journal ORDER BY sequence")
        while let row = try rows.next() {
            let entry = entry(row)
            guard entry.sequence == count + 1 else {
                return wrong(count + 1, "the entry is missing; the next one there is \(entry.sequence)")
            }
            guard JournalChain.isConsistent(entry, seal) else {
                return wrong(entry.sequence, "its content is not what was written")
            }
            guard entry.previous == head else {
                return wrong(entry.sequence, "it does not follow the entry before it")
            }
            (count, head) = (entry.sequence, entry.hash)
            events.read(entry)
            if entry.sequence == anchor?.sequence { anchored = entry.hash }
        }
        guard let anchor else {
            return wrong(count + 1, "journal.anchor is missing or was not written by this system")
        }
        guard count >= anchor.sequence else {
            return wrong(
                count + 1,
                "the journal ended at \(anchor.sequence) when it was last written: its end is cut off"
            )
        }
        guard anchored == anchor.hash else {
            return wrong(anchor.sequence, "it is not the entry that journal.anchor remembers")
        }
        if let fault = try events.fault(in: database, next: count + 1, seal) {
            return wrong(fault.sequence, fault.problem)
        }
        return JournalVerification(entries: count, head: head)
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
