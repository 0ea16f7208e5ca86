// SPDX-License-Identifier: Apache-2.0

import Media
import Synchronization

/// Packets on their way from one thread to one other, in memory that is taken once. Neither waits for the other: a full ring takes
/// no more.
final class PacketRing: @unchecked Sendable {
    // Unchecked: a place belongs to the writer until `written` says otherwise, and to the reader until `read` does.
    private struct Place {
        var id: RelayID
        var index: UInt64
        var length: Int
    }

    private let places: UnsafeMutablePointer<Place>
    private let bytes: UnsafeMutablePointer<UInt8>
    private let count: Int
    private let written = Atomic<Int>(0)
    private let read = Atomic<Int>(0)

    /// - Parameter count: Packets, each of at most ``RelayLimits/packetLength`` bytes.
    init(count: Int) {
        self.count = count
        places = .allocate(capacity: count)
        places.initialize(repeating: Place(id: RelayID(rawValue: 0), index: 0, length: 0), count: count)
        bytes = .allocate(capacity: count * RelayLimits.packetLength)
        bytes.initialize(repeating: 0, count: count * RelayLimits.packetLength)
    }

    deinit {
        places.deallocate()
        bytes.deallocate()
    }

    var isEmpty: Bool { written.load(ordering: .acquiring) == read.load(ordering: .relaxed) }

    /// By the one thread that writes.
    func put(_ packet: UnsafeBufferPointer<UInt8>, _ id: RelayID, index: UInt64 = 0) {
        let next = written.load(ordering: .relaxed)
        guard next - read.load(ordering: .acquiring) < count, packet.count <= RelayLimits.packetLength,
            let source = packet.baseAddress
        else { return }
        let place = next % count
        places[place] = Place(id: id, index: index, length: packet.count)
        (bytes + place * RelayLimits.packetLength).update(from: source, count: packet.count)
        written.store(next + 1, ordering: .releasing)
    }

    /// By the one thread that reads.
    ///
    /// - Returns: `false` when there is nothing.
    func take(_ use: (UnsafeBufferPointer<UInt8>, RelayID, UInt64) -> Void) -> Bool {
        let next = read.load(ordering: .relaxed)
        guard next < written.load(ordering: .acquiring) else { return false }
        let place = places[next % count]
        let packet = UnsafeBufferPointer(
            start: bytes + (next % count) * RelayLimits.packetLength,
            count: place.length
        )
        use(packet, place.id, place.index)
        read.store(next + 1, ordering: .releasing)
        return true
    }
}
