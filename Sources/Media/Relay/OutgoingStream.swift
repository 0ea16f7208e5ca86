// SPDX-License-Identifier: Apache-2.0

import Primitives

/// The one stream that a leg's phone hears under one key: the source and the numbers are ours, whoever speaks on the other
/// side and under however many sources.
///
/// Sequence numbers run on by as much as those of the speaker do: what was lost is missing here too, and what came late is
/// late. When another stream takes over, or one begins anew, they go on by one, and timestamps by the time that has passed.
/// So no index comes twice under a key (RFC 3711 §9.1), and the phone never meets a source that it does not know.
///
/// `Docs/decisions/0015-one-stream-towards-a-phone.md`
struct OutgoingStream: Sendable {
    /// Whose stream it was before. A new receive key is a new context: under it a source may begin anew.
    struct Origin: Hashable, Sendable {
        let context: UInt64
        let source: UInt32
    }

    /// What a packet says of itself.
    struct Incoming: Sendable {
        let origin: Origin
        let index: UInt64
        let timestamp: UInt32
        let payloadType: UInt8
        let at: MonotonicTime
    }

    /// What it says when it goes on.
    struct Numbers: Hashable, Sendable {
        let sequence: UInt16
        let timestamp: UInt32
    }

    /// One stream of the other side since it spoke last without another between.
    private struct Run: Sendable {
        var origin = Origin(context: 0, source: 0)
        /// The index of its newest packet, and what became of it here.
        var heard: UInt64 = 0
        var sent: UInt64 = 0
        /// The first index here.
        var first: UInt64 = 0
        /// What is added to its timestamps.
        var shift: UInt32 = 0
    }

    let source: UInt32
    /// Several, so that a source which carries only DTMF beside another for the sound keeps its timestamps: those of one
    /// key press are equal (RFC 4733 §2.5.1.1).
    private var runs = InlineArray<4, Run>(repeating: Run())
    private var count = 0
    private var current = 0
    private var isPaused = false
    /// Of the newest packet here.
    private var last: UInt64 = 0
    private var timestamp: UInt32 = 0
    private var at = MonotonicTime(nanoseconds: 0)
    /// Ticks of the timestamp in a second.
    private var rate: UInt32 = 48_000

    init(source: UInt32) {
        self.source = source
    }

    /// Something was not passed on: what comes next goes on without a gap, as if it had not been said.
    mutating func pause() { isPaused = true }

    /// - Throws: `replayed` for a packet that is older than its stream's turn here.
    mutating func number(_ packet: Incoming) throws(SRTPError) -> Numbers {
        if count > 0, !isPaused, runs[current].origin == packet.origin, let numbers = try follow(packet) {
            return numbers
        }
        return try begin(packet)
    }

    /// The stream that speaks goes on; `nil` when it jumps so far that it must have begun anew (RFC 3550 A.1).
    private mutating func follow(_ packet: Incoming) throws(SRTPError) -> Numbers? {
        let run = runs[current]
        guard packet.index > run.heard else {
            let age = run.heard - packet.index
            guard age <= run.sent - run.first else { throw .replayed }
            return Numbers(run.sent - age, packet.timestamp &+ run.shift)
        }
        guard packet.index - run.heard <= RelayLimits.lostInARow else { return nil }
        last += packet.index - run.heard
        runs[current].heard = packet.index
        runs[current].sent = last
        return note(packet)
    }

    private mutating func begin(_ packet: Incoming) throws(SRTPError) -> Numbers {
        let known = find(packet.origin)
        if let known, packet.index <= runs[known].heard { throw .replayed }
        let slot = known ?? (count < runs.count ? count : (current + 1) % runs.count)
        let shift = shift(of: packet, known: known)
        // The first number is below 2^15, so that a listener who misses the first packets counts the turns as we do.
        last = count == 0 ? packet.index & 0x7FFF : last + 1
        if known == nil, count < runs.count { count += 1 }
        runs[slot] = Run(origin: packet.origin, heard: packet.index, sent: last, first: last, shift: shift)
        (current, isPaused, rate) = (slot, false, 48_000)
        return note(packet)
    }

    private mutating func note(_ packet: Incoming) -> Numbers {
        // PCMU, PCMA and G.722 have fixed numbers; of the others only opus carries sound (`Codec`).
        if packet.payloadType < 35 { rate = 8_000 }
        (timestamp, at) = (packet.timestamp &+ runs[current].shift, packet.at)
        return Numbers(last, timestamp)
    }

    /// A stream that is known goes on by its own clock, unless that is far from ours.
    private func shift(of packet: Incoming, known: Int?) -> UInt32 {
        guard count > 0 else { return 0 }
        let elapsed = at < packet.at ? (packet.at.nanoseconds - at.nanoseconds) / 1_000_000 : 0
        let ticks = max(UInt64(rate) / 50, elapsed &* UInt64(rate) / 1_000)
        let expected = timestamp &+ UInt32(truncatingIfNeeded: ticks)
        if let known {
            let difference = Int32(bitPattern: packet.timestamp &+ runs[known].shift &- expected)
            if difference.magnitude <= rate * RelayLimits.clocksApart { return runs[known].shift }
        }
        return expected &- packet.timestamp
    }

    private func find(_ origin: Origin) -> Int? {
        for slot in 0..<count where runs[slot].origin == origin { return slot }
        return nil
    }
}

extension OutgoingStream {
    /// Writes our numbers and our source into an RTP packet.
    @inline(__always)
    mutating func renumber(_ packet: inout MutableSpan<UInt8>, _ passing: PassingPacket) throws(SRTPError) {
        let numbers = try number(
            Incoming(
                origin: passing.origin,
                index: passing.index,
                timestamp: packet.span.word(at: 4),
                payloadType: packet[1] & 0x7F,
                at: passing.now
            )
        )
        packet.setHalf(numbers.sequence, at: 2)
        packet.setWord(numbers.timestamp, at: 4)
        packet.setWord(source, at: 8)
    }
}

// What RTCP says about streams.
extension OutgoingStream {
    /// How to put what a phone reports of our stream in the terms of who is heard in it.
    struct Report: Hashable, Sendable {
        let ours: UInt32
        let theirs: UInt32
        /// What is added to sequence numbers.
        let distance: UInt32
    }

    /// `nil` before anybody was heard.
    var report: Report? {
        guard count > 0 else { return nil }
        let run = runs[current]
        return Report(
            ours: source,
            theirs: run.origin.source,
            distance: UInt32(truncatingIfNeeded: run.heard &- run.sent)
        )
    }

    /// What is added to the timestamps of a stream; `nil` when it was not heard lately.
    func shift(of origin: Origin) -> UInt32? { find(origin).map { runs[$0].shift } }
}

extension OutgoingStream.Numbers {
    fileprivate init(_ index: UInt64, _ timestamp: UInt32) {
        self.init(sequence: UInt16(truncatingIfNeeded: index), timestamp: timestamp)
    }
}
