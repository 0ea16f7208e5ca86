// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Model
public import Primitives

extension RingfenceStore {
    /// Writes records and events in one transaction; when it returns they are on the disk.
    public func write(_ records: [CallRecord], events: [SecurityEvent] = []) throws {
        try pool.write { database in
            for record in records { try RecordTable.upsert(record, database) }
            for event in events { try EventTable.insert(event, database) }
            if !events.isEmpty { try EventTable.prune(database) }
        }
    }

    /// Newest first.
    public func records(limit: Int = 100) throws -> [CallRecord] {
        try pool.read { try RecordTable.list($0, limit: max(0, min(limit, Limits.listedRows))) }
    }

    public func record(_ id: String) throws -> CallRecord? {
        try pool.read { try RecordTable.find($0, id: id) }
    }

    /// Ends the records of calls that were up when the last server process ended. For the start, before the first call.
    ///
    /// - Returns: How many there were.
    @discardableResult
    public func closeInterrupted(at now: WallTime) throws -> Int {
        try pool.write { try RecordTable.closeInterrupted($0, at: now) }
    }
}
