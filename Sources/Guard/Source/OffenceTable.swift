// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// Counts what sources do wrong, each kind apart and within a while, in a table that never grows.
///
/// A place is taken from whoever did least when its row is full. Rows are chosen by a keyed hash, so nobody can choose
/// whom they push out.
struct OffenceTable: Sendable {
    struct Key: Hashable, Sendable {
        let source: IPAddress
        let reason: Ban.Reason
        /// A seeded hash of the account it was aimed at; 0 for all together.
        var account: UInt64 = 0
    }

    private struct Entry {
        var key: Key
        var count: Int
        var began: MonotonicTime
    }

    private static let ways = 8
    private var entries: [Entry?]
    private let rowMask: UInt64
    private let hash: SipHash
    private let window: Duration

    /// - Parameter capacity: Rounded up to a power of two, at least 8. 64 bytes each.
    init(capacity: Int = Limits.offenders, window: Duration = Limits.offenceWindow, seed: (UInt64, UInt64)) {
        var rows = 1
        while rows * Self.ways < capacity { rows *= 2 }
        entries = Array(repeating: nil, count: rows * Self.ways)
        (rowMask, hash, self.window) = (UInt64(rows - 1), SipHash(key: seed), window)
    }

    /// Counts one more.
    ///
    /// - Returns: How many there are within the window now.
    mutating func count(_ key: Key, at now: MonotonicTime) -> Int {
        let row = Int(truncatingIfNeeded: hash.hash(key.source.high ^ key.account, key.source.low) & rowMask)
        var place = row * Self.ways
        for index in row * Self.ways..<(row + 1) * Self.ways {
            guard let entry = entries[index], now - entry.began < window else {
                entries[index] = nil
                if entries[place] != nil { place = index }
                continue
            }
            if entry.key == key {
                let count = entry.count + 1
                entries[index]?.count = count
                return count
            }
            if let least = entries[place], entry.count < least.count { place = index }
        }
        entries[place] = Entry(key: key, count: 1, began: now)
        return 1
    }

    /// Begins to count anew.
    mutating func forget(_ source: IPAddress) {
        for index in entries.indices where entries[index]?.key.source == source { entries[index] = nil }
    }
}
