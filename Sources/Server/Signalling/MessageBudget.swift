// SPDX-License-Identifier: Apache-2.0

import Primitives

/// How many messages one authenticated connection may send.
///
/// The generic cell rate algorithm (ITU-T I.371): a token bucket in eight bytes, which keeps the moment at which the
/// bucket will be full again.
struct MessageBudget: Sendable {
    private static let interval = 1_000_000_000 / UInt64(Limits.phoneRate)
    private static let capacity = interval * UInt64(Limits.phoneBurst)
    private var full: UInt64 = 0

    /// - Returns: Whether the next one has to wait.
    mutating func spend(at now: MonotonicTime) -> Bool {
        full = max(full, now.nanoseconds) &+ Self.interval
        return full &- now.nanoseconds > Self.capacity - Self.interval
    }
}
