// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Model
public import Primitives

extension RingfenceStore {
    /// Deletes records of calls that ended before a time. A call that is up stays, however long ago it began.
    ///
    /// - Returns: How many.
    public func deleteRecords(endedBefore limit: WallTime) throws -> Int {
        var count = 0
        while true {
            // In pieces: whoever writes meanwhile waits for one of them at most.
            let gone = try pool.write { database in
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
            count += gone
            if gone < Limits.retainedAtOnce { return count }
        }
    }

    /// Takes a number of somebody outside out of the records of calls that ended, and leaves what the calls were and cost.
    ///
    /// - Returns: How many records it was in.
    public func erase(_ number: PhoneNumber, journal draft: (Int) -> JournalDraft, at now: WallTime) throws -> Int {
        var count = 0
        try append(at: now) { database in
            let found = try RecordTable.ended(database, with: number)
            for record in found { try RecordTable.replace(record.erasing(number), database) }
            count = found.count
            return [draft(count)]
        }
        return count
    }
}

extension CallRecord {
    /// The same call without a number of somebody outside.
    func erasing(_ number: PhoneNumber) -> CallRecord {
        func without(_ participant: Participant) -> Participant {
            participant.outsideNumber == number ? .outside(nil) : participant
        }
        var record = self
        record.caller = without(caller)
        record.callee = callee.map(without)
        record.path = path.map { CallStep(from: without($0.from), $0.reason, to: without($0.to)) }
        record.charges = charges.map { $0.number == number ? $0.withoutNumber() : $0 }
        if callee?.outsideNumber == number || charges.contains(where: { $0.number == number })
            || PhoneNumber(parsing: dialled) == number
        {
            record.dialled = "erased"
        }
        record.reason = reason.replacing(number.digits, with: "erased")
        return record
    }
}
