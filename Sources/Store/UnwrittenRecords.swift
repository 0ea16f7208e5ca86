// SPDX-License-Identifier: Apache-2.0

import Model

/// Records that the disk did not take, in the order in which they came and the latest state of each call. They wait here until
/// it takes them.
///
/// The ends of calls that were answered have a room of their own: while the disk takes nothing no call is answered, so there are
/// no more of them than calls were up, and attempts that nobody answered do not push them out.
struct UnwrittenRecords {
    private struct Kept {
        var record: CallRecord
        /// Changes with each state.
        var state: UInt64
    }

    private let limit: Int
    private var records: [String: Kept] = [:]
    /// Those of `records`, and some that are gone.
    private var order: [String] = []
    private var answered = 0
    private var lastState: UInt64 = 0
    /// Tried at a time.
    private var portion = Limits.recordsPerCommit

    init(limit: Int) { self.limit = limit }

    var count: Int { records.count }
    var isEmpty: Bool { records.isEmpty }

    /// Keeps a record in place of an earlier state of its call. An end is not undone.
    ///
    /// - Returns: `false` when there is no room.
    mutating func keep(_ record: CallRecord) -> Bool {
        if let kept = records[record.id] {
            if kept.record.endedAt != nil, record.endedAt == nil { return true }
            put(record, in: kept.record)
            return true
        }
        let isAnswered = record.answeredAt != nil
        guard (isAnswered ? answered : records.count - answered) < limit else { return false }
        order.append(record.id)
        put(record, in: nil)
        return true
    }

    private mutating func put(_ record: CallRecord, in earlier: CallRecord?) {
        if earlier?.answeredAt != nil { answered -= 1 }
        if record.answeredAt != nil { answered += 1 }
        lastState += 1
        records[record.id] = Kept(record: record, state: lastState)
    }

    /// What is tried now, the oldest first, and the state of each.
    func next() -> [(record: CallRecord, state: UInt64)] {
        var found: [(record: CallRecord, state: UInt64)] = []
        for id in order where found.count < portion {
            if let kept = records[id] { found.append((kept.record, kept.state)) }
        }
        return found
    }

    /// They are on the disk. One whose call has had a later state since stays.
    mutating func wrote(_ written: [(record: CallRecord, state: UInt64)]) {
        for (record, state) in written where records[record.id]?.state == state { forget(record.id) }
        portion = Limits.recordsPerCommit
        compact()
    }

    /// The disk did not take them. Until it takes one again each is tried alone and in turn: a disk that is full is not asked for
    /// much, and a record that can never be written keeps back no other.
    mutating func failed(_ tried: [(record: CallRecord, state: UInt64)]) {
        portion = 1
        guard let first = tried.first?.record.id, records[first] != nil else { return }
        order.removeAll { $0 == first }
        order.append(first)
    }

    /// A state that came later is on the disk: an earlier one is not to be written over it.
    mutating func overtaken(by records: [CallRecord]) {
        guard !isEmpty else { return }
        for record in records {
            guard let kept = self.records[record.id], kept.record.endedAt == nil || record.endedAt != nil else {
                continue
            }
            forget(record.id)
        }
        compact()
    }

    private mutating func forget(_ id: String) {
        if records.removeValue(forKey: id)?.record.answeredAt != nil { answered -= 1 }
    }

    private mutating func compact() {
        guard order.count > 2 * records.count else { return }
        order.removeAll { records[$0] == nil }
    }
}
