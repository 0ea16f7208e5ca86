// SPDX-License-Identifier: Apache-2.0

/// What is left of the streams of one key that others took the place of: how far each had come.
///
/// A stream that comes back goes on behind that, so that nothing of it can be played to us again, not even what the
/// replay window would still have taken. 16 bytes for each, no heap; nothing is left out while the key lives.
struct ForgottenStreams: Sendable {
    private struct Remains: Sendable {
        var source: UInt32 = 0
        /// One more than the highest index; 0 when there was none.
        var control: UInt32 = 0
        var media: UInt64 = 0
    }

    private var streams = InlineArray<120, Remains>(repeating: Remains())
    private var count = 0

    init() {
        precondition(
            streams.count + RelayLimits.streamsInUse == RelayLimits.streamsPerKey,
            "the limit is the size of the array"
        )
    }

    /// Whether a stream can be taken in the place of this source, which comes back or is new.
    func hasRoom(insteadOf source: UInt32) -> Bool { count < streams.count || find(source) != nil }

    /// Takes a stream, and lets the other source go.
    ///
    /// - Precondition: ``hasRoom(insteadOf:)``, and the stream's source is not here.
    mutating func take(_ stream: StreamTable.Stream, insteadOf source: UInt32) {
        let slot = find(source) ?? count
        if slot == count { count += 1 }
        streams[slot] = Remains(
            source: stream.source,
            control: stream.control.last.map { UInt32(truncatingIfNeeded: $0) + 1 } ?? 0,
            media: stream.media.last.map { $0 + 1 } ?? 0
        )
    }

    /// A stream of this source as it has to go on: a new one when there was none.
    func recall(_ source: UInt32) -> StreamTable.Stream {
        var stream = StreamTable.Stream(source: source)
        guard let slot = find(source) else { return stream }
        let remains = streams[slot]
        if remains.media > 0 { stream.media = ReplayWindow(closedUpTo: remains.media - 1) }
        if remains.control > 0 { stream.control = ReplayWindow(closedUpTo: UInt64(remains.control) - 1) }
        return stream
    }

    private func find(_ source: UInt32) -> Int? {
        for slot in 0..<count where streams[slot].source == source { return slot }
        return nil
    }
}
