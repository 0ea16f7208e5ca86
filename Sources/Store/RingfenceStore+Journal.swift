// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Model

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
}
