// SPDX-License-Identifier: Apache-2.0

import Model

/// Legs that ended of late, in a table that never grows: each has one place, which the next one that falls there takes.
struct SettledCharges: Sendable {
    private var places = [UInt64](repeating: 0, count: Limits.settledCharges)

    mutating func insert(_ charge: ChargeID) { places[place(of: charge)] = charge.value }

    func contains(_ charge: ChargeID) -> Bool { charge.value != 0 && places[place(of: charge)] == charge.value }

    /// The upper bits of a multiplication, so that charges that are counted on spread as well as those that are drawn.
    private func place(of charge: ChargeID) -> Int {
        Int((charge.value &* 0x9E37_79B9_7F4A_7C15) >> 32) & (Limits.settledCharges - 1)
    }
}
