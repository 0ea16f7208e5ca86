// SPDX-License-Identifier: Apache-2.0

import Primitives

/// The plain legs of a relay, by the pair of ports that each has to itself.
struct PlainLegs: ~Copyable, Sendable {
    private let ranges: [PlainPorts]
    var legs: Slab<PlainLeg>
    /// Whose a pair is, by the number of its leg; `free` for nobody's.
    private var slots: [Int32]
    /// For the owner of the sockets, in order.
    var changes: [PlainPortChange] = []

    private static let free: Int32 = -1

    init(_ ranges: [PlainPorts]) {
        let pairs = ranges.reduce(0) { $0 + $1.pairs }
        self.ranges = ranges
        legs = Slab(count: pairs)
        slots = Array(repeating: Self.free, count: pairs)
    }

    /// The pair that begins at an address of ours; `nil` for one that is not for plain legs.
    func pair(at rtp: SocketAddress) -> Int? {
        var before = 0
        for range in ranges {
            if let pair = range.pair(at: rtp) { return before + pair }
            before += range.pairs
        }
        return nil
    }

    /// The leg that has a pair; `nil` for nobody, and for a number that is none.
    func slot(of pair: Int) -> LegSlot? {
        guard slots.indices.contains(pair), slots[pair] != Self.free else { return nil }
        return LegSlot(number: Int(slots[pair]))
    }

    mutating func open(_ pair: Int, _ media: PlainMedia, _ slot: LegSlot, of id: RelayID, _ numbers: inout LegNumbers) {
        legs.fill(pair, with: PlainLeg(media, pair: pair, &numbers))
        slots[pair] = Int32(slot.number)
        changes.append(.open(pair: pair, rtp: media.local, id))
    }

    mutating func move(_ pair: Int, to slot: LegSlot) { slots[pair] = Int32(slot.number) }

    mutating func close(_ pair: Int) {
        legs.empty(pair)
        slots[pair] = Self.free
        changes.append(.close(pair: pair))
    }
}
