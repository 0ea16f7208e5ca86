// SPDX-License-Identifier: Apache-2.0

import Model

/// Records that are on the disk in the log and not in the tables yet: the latest state of each call, and in which half of the
/// log it is.
struct WaitingRecords {
    struct Waiting {
        let record: CallRecord
        /// Changes with each state.
        let state: UInt64
        let half: Int
    }

    private var records: [BusinessID: [String: Waiting]] = [:]
    private(set) var inHalf = [0, 0]
    private var lastState: UInt64 = 0

    /// Takes a state in place of an earlier one of its call. An end is not undone.
    mutating func put(_ entry: LogEntry, half: Int) {
        let earlier = records[entry.business]?[entry.record.id]
        if let earlier, earlier.record.endedAt != nil, entry.record.endedAt == nil { return }
        if let earlier { inHalf[earlier.half] -= 1 }
        lastState += 1
        inHalf[half] += 1
        records[entry.business, default: [:]][entry.record.id] = Waiting(
            record: entry.record,
            state: lastState,
            half: half
        )
    }

    /// The oldest of a business, in the order in which they came.
    func oldest(of business: BusinessID, limit: Int = .max) -> [Waiting] {
        Array((records[business] ?? [:]).values.sorted { $0.state < $1.state }.prefix(limit))
    }

    subscript(business: BusinessID, id: String) -> CallRecord? { records[business]?[id]?.record }

    func count(of business: BusinessID) -> Int { records[business]?.count ?? 0 }

    /// They are in the tables. One whose call has had a later state since stays.
    mutating func filled(_ written: [Waiting], of business: BusinessID) {
        for waiting in written where records[business]?[waiting.record.id]?.state == waiting.state {
            records[business]?[waiting.record.id] = nil
            inHalf[waiting.half] -= 1
        }
        if records[business]?.isEmpty == true { records[business] = nil }
    }

    /// Some of those that keep a half from being used again, at most so many bytes of them.
    func leftBehind(in half: Int, bytes limit: Int) -> [LogEntry] {
        guard inHalf[half] > 0 else { return [] }
        let left = records.flatMap { business, records in
            records.values.filter { $0.half == half }.map {
                ($0.state, LogEntry(business: business, record: $0.record))
            }
        }
        return left.sorted { $0.0 < $1.0 }.map(\.1).fitting(limit)
    }

    var all: [LogEntry] {
        let all = records.flatMap { business, records in
            records.values.map { ($0.state, LogEntry(business: business, record: $0.record)) }
        }
        return all.sorted { $0.0 < $1.0 }.map(\.1)
    }
}

extension [LogEntry] {
    /// As many of the first as take no more than so many bytes.
    fileprivate func fitting(_ limit: Int) -> [LogEntry] {
        var writer = ByteWriter()
        var count = 0
        for entry in self {
            entry.encode(into: &writer)
            guard writer.bytes.count <= limit else { break }
            count += 1
        }
        return Array(prefix(count))
    }
}
