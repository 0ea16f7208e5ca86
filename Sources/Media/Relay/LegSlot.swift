// SPDX-License-Identifier: Apache-2.0

/// One leg's place among all legs of a relay: those of one call are neighbours.
struct LegSlot: Hashable, Sendable {
    let number: Int

    init(number: Int) {
        self.number = number
    }

    /// - Parameter call: Which call, from 0.
    init(call: Int, side: RelaySide) {
        number = call * 2 + (side == .a ? 0 : 1)
    }

    /// Which call, from 0.
    var call: Int { number / 2 }

    /// The other leg of the same call.
    var peer: LegSlot { LegSlot(number: number ^ 1) }
}
