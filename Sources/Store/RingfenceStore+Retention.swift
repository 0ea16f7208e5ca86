// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Model
public import Primitives

extension RingfenceStore {
    /// Before which records may be deleted in one go: ``Limits/retainedDays`` after the oldest of them at most, so that a clock that runs
    /// ahead for a night takes no more than that.
    ///
    /// - Parameter limit: Before which they are too old.
    /// - Returns: `nil` where none is.
    public func oldRecords(endedBefore limit: WallTime) throws -> WallTime? {
        guard let oldest = try oldestRecord(endedBefore: limit) else { return nil }
        return min(limit, oldest + .seconds(Int64(Limits.retainedDays) * 86_400))
    }

    /// When the oldest call began that is over and whose record is kept; `nil` where there is none.
    public func oldestRecord() throws -> WallTime? { try oldestRecord(endedBefore: WallTime(milliseconds: .max)) }

    private func oldestRecord(endedBefore limit: WallTime) throws -> WallTime? {
        try pool.read { database in
            try Int64.fetchOne(
                database,
                sql: "SELECT min(started_at) FROM call_records WHERE started_at < ?1 AND ended_at < ?1",
                arguments: [limit.milliseconds]
            ).map(WallTime.init(milliseconds:))
        }
    }

    /// Deletes some records of calls that ended before a time, the oldest first. A call that is up stays, however long ago it began.
    ///
    /// - Returns: How many; ``Limits/retainedAtOnce`` where there may be more.
    public func deleteSomeRecords(endedBefore limit: WallTime) throws -> Int {
        try pool.write { database in
            try database.execute(
                sql: """
                    DELETE FROM call_records WHERE id IN (
                        SELECT id FROM call_records WHERE started_at < ?1 AND ended_at < ?1 ORDER BY started_at LIMIT ?2
                    )
                    """,
                arguments: [limit.milliseconds, Limits.retainedAtOnce]
            )
            return database.changesCount
        }
    }

    /// Records of calls in which a number stands, of those that are up too.
    public func records(naming number: PhoneNumber) throws -> [CallRecord] {
        try pool.read { try RecordTable.list($0, naming: number) }.filter { $0.erasing(number) != $0 }
    }

    /// Takes out of the files what was deleted or erased: SQLite overwrites it, but its log and the record log have it until they begin
    /// anew.
    public func forgetDeleted() throws {
        fillTables()
        try log.renew()
        checkpoint(.truncate)
    }

    /// Writes records without a number of somebody outside in place of those that have it. The log has them first: a record that comes back
    /// out of it after a crash has it no more.
    public func erase(_ number: PhoneNumber, in records: [CallRecord]) throws {
        let erased = records.map { $0.erasing(number) }
        try log.append(erased, of: business)
        try pool.write { database in
            for record in erased { try RecordTable.replace(record, database) }
        }
    }
}
