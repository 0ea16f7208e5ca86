// SPDX-License-Identifier: Apache-2.0

/// What one key remembers of each synchronisation source that is in use: which packets it has seen. Bounded, no heap.
struct StreamTable: Sendable {
    struct Stream: Sendable {
        let source: UInt32
        var media = ReplayWindow()
        var control = ReplayWindow()
        /// When it was used last, in uses of the table.
        fileprivate var usedAt: UInt64 = 0

        init(source: UInt32) {
            self.source = source
        }
    }

    private var streams = InlineArray<8, Stream>(repeating: Stream(source: 0))
    private var count = 0
    private var uses: UInt64 = 0

    init() {
        precondition(streams.count == RelayLimits.streamsInUse, "the limit is the size of the array")
    }

    /// Where `source` is, or `nil` when it is not in use.
    ///
    /// Inlined: called, it would be handed a copy of the table.
    @inline(__always)
    func find(_ source: UInt32) -> Int? {
        for slot in 0..<count where streams[slot].source == source { return slot }
        return nil
    }

    var hasRoom: Bool { count < streams.count }

    /// - Precondition: ``hasRoom``, and the stream's source is not in the table.
    mutating func add(_ stream: Stream) -> Int {
        streams[count] = stream
        count += 1
        use(count - 1)
        return count - 1
    }

    /// The stream that has not been used for longest.
    ///
    /// - Precondition: The table is full.
    var oldest: Stream { streams[oldestSlot] }

    /// Puts a stream in the place of the ``oldest``.
    ///
    /// - Precondition: The table is full, and the stream's source is not in it.
    mutating func replaceOldest(with stream: Stream) -> Int {
        let slot = oldestSlot
        streams[slot] = stream
        use(slot)
        return slot
    }

    mutating func use(_ slot: Int) {
        uses += 1
        streams[slot].usedAt = uses
    }

    private var oldestSlot: Int {
        var oldest = 0
        for slot in 1..<count where streams[slot].usedAt < streams[oldest].usedAt { oldest = slot }
        return oldest
    }

    subscript(slot: Int) -> Stream {
        _read { yield streams[slot] }
        _modify { yield &streams[slot] }
    }
}
