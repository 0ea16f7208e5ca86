// SPDX-License-Identifier: Apache-2.0

/// What one key remembers of each synchronisation source: which packets it has seen. Bounded, and nothing is ever
/// forgotten while the key lives. No heap.
struct StreamTable: Sendable {
    struct Stream: Sendable {
        let source: UInt32
        var media = ReplayWindow()
        var control = ReplayWindow()
    }

    private var streams = InlineArray<8, Stream>(repeating: Stream(source: 0))
    private var count = 0

    init() {
        precondition(streams.count == RelayLimits.streamsPerKey, "the limit is the size of the array")
    }

    /// Where `source` is, or `nil` when nothing authentic has come from it.
    func find(_ source: UInt32) -> Int? {
        for slot in 0..<count where streams[slot].source == source { return slot }
        return nil
    }

    var hasRoom: Bool { count < streams.count }

    /// - Precondition: ``hasRoom``, and `source` is not in the table.
    mutating func add(_ source: UInt32) -> Int {
        streams[count] = Stream(source: source)
        count += 1
        return count - 1
    }

    subscript(slot: Int) -> Stream {
        _read { yield streams[slot] }
        _modify { yield &streams[slot] }
    }
}
