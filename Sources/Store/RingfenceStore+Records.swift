// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Model
public import Primitives

extension RingfenceStore {
    /// Writes records, events and logins in one transaction; when it returns they are on the disk, and the journal or the mark
    /// of what waits for it has a digest of the events.
    public func write(_ records: [CallRecord], events: [SecurityEvent] = [], logins: [PhoneLogin] = []) throws {
        func put(into database: Database) throws {
            for record in records { try RecordTable.upsert(record, database) }
            for login in logins { try LoginTable.put(login, database) }
            try UseTable.note(records, logins, database)
        }
        guard let last = events.map(\.at).max() else { return try pool.write(put) }
        try append(at: last) { database in
            try put(into: database)
            return try EventTable.insert(events, database, at: last, seal)
        }
    }

    /// Newest first.
    ///
    /// - Parameters:
    ///   - owner: Only calls that this extension made or got, since it is there: whoever had its number before is somebody else.
    ///     All calls when `nil`.
    ///   - period: When they began; `nil` for whenever it was.
    public func records(
        of owner: Extension? = nil,
        during period: ClosedRange<WallTime>? = nil,
        limit: Int = 100
    ) throws -> [CallRecord] {
        let limit = max(0, min(limit, Limits.listedRows))
        let waiting = log.oldest(of: business).map(\.record).filter { period?.contains($0.startedAt) ?? true }
        let rows = try pool.read { try RecordTable.list($0, of: owner, during: period, limit: limit) }
        return waiting.isEmpty ? rows : rows.updated(with: waiting, of: owner, limit: limit)
    }

    public func record(_ id: String) throws -> CallRecord? {
        let waiting = log.record(id, of: business)
        let row = try pool.read { try RecordTable.find($0, id: id) }
        return row?.endedAt != nil && waiting?.endedAt == nil ? row : waiting ?? row
    }

    /// What legs to the outside cost in calls that began since then, as far as it is known. For the start, before the first call.
    public func charges(since start: WallTime) throws -> [LegCharge] {
        try pool.read { try RecordTable.charges($0, since: start) }
    }

    /// Ends the records of calls that were up when the last server process ended, at the last moment at which it is known to
    /// have lived. For the start, before the first call.
    ///
    /// - Returns: How many there were.
    @discardableResult
    public func closeInterrupted(at now: WallTime) throws -> Int {
        try pool.write { database in
            guard try RecordTable.hasOpen(database) else { return 0 }
            var sign = try RecordTable.lastSign(database, before: now)
            // A clock that ran ahead left signs of a life that nobody has lived yet.
            if let life = directory.lastLife, life <= now { sign = max(sign ?? life, life) }
            return try RecordTable.closeInterrupted(database, at: sign ?? now)
        }
    }

    /// Notes that the server lives, for ``closeInterrupted(at:)`` of the next one.
    public func noteLife(at now: WallTime) throws(StoreError) { try directory.noteLife(at: now) }
}

extension [CallRecord] {
    /// What is in the tables, newest first, with the later states that wait for them.
    fileprivate func updated(with waiting: [CallRecord], of owner: Extension?, limit: Int) -> [CallRecord] {
        var records = Dictionary(uniqueKeysWithValues: map { ($0.id, $0) })
        for record in waiting where owner?.took(part: record) != false {
            if records[record.id]?.endedAt == nil || record.endedAt != nil { records[record.id] = record }
        }
        return Array(records.values.sorted { ($1.startedAt, $1.id) < ($0.startedAt, $0.id) }.prefix(limit))
    }
}

extension Extension {
    /// Whether it made or got that call since it is there.
    fileprivate func took(part record: CallRecord) -> Bool {
        [record.caller.number, record.callee?.number].contains(number) && createdAt <= record.startedAt
    }
}
