// SPDX-License-Identifier: Apache-2.0

/// What a ``PatternTable`` keeps of one extension, block of numbers or caller.
protocol PatternRecord: Sendable, PatternCoded {
    /// Not 0.
    var key: UInt64 { get }
    init(key: UInt64)
    /// How much would be lost with it: 0 for nothing, `UInt32.max` for what must stay because it is stopped or in use.
    func weight(at time: UInt32) -> UInt32
    /// Takes over what must not be lost of a record for which there is no room.
    mutating func absorb(_ other: Self)
}

/// Records by key in a table that never grows.
///
/// A new one takes the place of the one in its row that weighs least, and never of one that must stay: keys without room
/// share one record, which counts them together and so stops them sooner. Rows are chosen by a keyed hash, so nobody can
/// choose whom they push out.
struct PatternTable<Record: PatternRecord>: Sendable {
    private static var ways: Int { 8 }
    /// The last one is shared by all for whom there is no room.
    private var records: [Record]
    private let rowMask: UInt64
    private let hash: SipHash
    /// Records that still weighed something when they were pushed out, and when that was last.
    private(set) var lastLoss: UInt32?

    /// - Parameter capacity: Rounded up to a power of two, at least 8.
    init(capacity: Int, seed: (UInt64, UInt64)) {
        var rows = 1
        while rows * Self.ways < capacity { rows *= 2 }
        records = Array(repeating: Record(key: 0), count: rows * Self.ways + 1)
        (rowMask, hash) = (UInt64(rows - 1), SipHash(key: seed))
    }

    /// Bytes that it takes, always.
    var bytes: Int { records.count * MemoryLayout<Record>.stride }

    subscript(place: Int) -> Record {
        _read { yield records[place] }
        _modify { yield &records[place] }
    }

    /// Where the record of that key is; `nil` when there is none.
    func find(_ key: UInt64) -> Int? {
        let first = row(of: key)
        for place in first..<first + Self.ways where records[place].key == key { return place }
        return nil
    }

    /// The same, with a new record when there is none.
    mutating func place(of key: UInt64, at time: UInt32) -> Int {
        let first = row(of: key)
        var (least, place) = (UInt32.max, records.count - 1)
        for candidate in first..<first + Self.ways {
            if records[candidate].key == key { return candidate }
            let weight = records[candidate].key == 0 ? 0 : records[candidate].weight(at: time)
            if weight < least { (least, place) = (weight, candidate) }
        }
        // The shared one keeps what it knows.
        guard least < .max else { return place }
        if least > 0 { lastLoss = time }
        records[place] = Record(key: key)
        return place
    }

    /// Those that are in use, but for the shared one.
    var used: some Sequence<Record> { records.dropLast().lazy.filter { $0.key != 0 } }

    private func row(of key: UInt64) -> Int { Int(truncatingIfNeeded: hash.hash(key, 0) & rowMask) * Self.ways }
}

extension PatternTable: PatternCoded {
    /// The shared record, then how many others, then those.
    mutating func code(_ coder: inout PatternCoder) {
        records[records.count - 1].code(&coder)
        switch coder.direction {
        case .writing:
            var count = UInt32(clamping: used.count { _ in true })
            coder.code(&count)
            for place in records.indices.dropLast() where records[place].key != 0 {
                var key = records[place].key
                coder.code(&key)
                records[place].code(&coder)
            }
        case .reading: readRecords(from: &coder)
        }
        // After the records, because taking those in may lose some again.
        var (loss, hasLost) = (lastLoss ?? 0, lastLoss != nil)
        coder.code(&hasLost)
        coder.code(&loss)
        lastLoss = hasLost ? loss : nil
    }

    /// - Parameter coder: What it claims to hold is believed one record at a time.
    private mutating func readRecords(from coder: inout PatternCoder) {
        var (count, key): (UInt32, UInt64) = (0, 0)
        coder.code(&count)
        // A damaged count ends with the bytes, not after four thousand million turns.
        while count > 0, !coder.isDamaged {
            count -= 1
            coder.code(&key)
            guard key != 0 else { return coder.damage() }
            var record = Record(key: key)
            record.code(&coder)
            let place = place(of: key, at: 0)
            if place == records.count - 1 { records[place].absorb(record) } else { records[place] = record }
        }
    }
}
