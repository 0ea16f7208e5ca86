// SPDX-License-Identifier: Apache-2.0

/// An amount of money in millionths of a euro.
struct Money: Hashable, Comparable {
    var micros: Int64

    static let zero = Money(micros: 0)

    init(micros: Int64) { self.micros = micros }

    /// Thousandths of a euro, the unit of the rate table.
    init(millis: Int) { micros = Int64(millis) * 1_000 }

    init(euros: Int) { micros = Int64(euros) * 1_000_000 }

    var euros: Double { Double(micros) / 1_000_000 }

    static func < (one: Self, other: Self) -> Bool { one.micros < other.micros }
    static func + (one: Self, other: Self) -> Self { Self(micros: one.micros + other.micros) }
    static func - (one: Self, other: Self) -> Self { Self(micros: one.micros - other.micros) }
    static func += (one: inout Self, other: Self) { one.micros += other.micros }
    static func -= (one: inout Self, other: Self) { one.micros -= other.micros }
}
