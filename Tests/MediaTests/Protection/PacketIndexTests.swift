// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Media

@Suite("RFC 3711 §3.3.1: packet index")
struct PacketIndexTests {
    static let cases: [(sequence: UInt16, highest: UInt64?, estimate: PacketIndex.Estimate)] = [
        (5, nil, .index(5)),
        (65_535, nil, .index(65_535)),
        (11, 10, .index(11)),
        (9, 10, .index(9)),
        (0, 0xFFFF, .index(0x1_0000)),
        (0xFFFF, 0x1_0000, .index(0xFFFF)),
        (0xFFFF, 0x0_0000, .beforeStart),
        (0x8000, 0x3_0000, .index(0x3_8000)),  // exactly half a turn stays in this one
        (0x8001, 0x3_0000, .index(0x2_8001)),
        (0x7FFF, 0x3_FFFF, .index(0x3_7FFF)),
        (0x7FFE, 0x3_FFFF, .index(0x4_7FFE)),
        (0, (1 << 48) - 1, .exhausted),
        (0xFFFF, (1 << 48) - 2, .index((1 << 48) - 1)),
    ]

    @Test(arguments: cases)
    func `is the one nearest to the highest so far`(
        sequence: UInt16,
        highest: UInt64?,
        estimate: PacketIndex.Estimate
    ) {
        #expect(PacketIndex.estimate(sequence, after: highest) == estimate)
    }

    @Test func `every sequence number after every edge gives an index within half a turn`() {
        for highest in [0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF, 0x1_0000, 0x1_8000, 0xFFFF_8000] as [UInt64] {
            for sequence in UInt16.min...UInt16.max {
                guard case .index(let index) = PacketIndex.estimate(sequence, after: highest) else { continue }
                let distance = Int64(index) - Int64(highest)
                #expect(-0x8000...0x8000 ~= distance && UInt16(truncatingIfNeeded: index) == sequence)
            }
        }
    }
}
