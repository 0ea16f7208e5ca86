// SPDX-License-Identifier: Apache-2.0

/// A token bucket in one word: the moment at which it will be full again (the generic cell rate algorithm, ITU-T I.371).
///
/// A bucket whose moment has passed is full, and so is one that was never used: forgetting it loses nothing.
public struct TokenBucket: Sendable {
    /// In nanoseconds of the monotonic clock.
    private(set) var fullAt: UInt64 = 0

    public init() {}

    public func isFull(at now: UInt64) -> Bool { fullAt <= now }

    /// Whether `cost` tokens are there. Takes none.
    func holds(_ cost: UInt32, at now: UInt64, _ pace: Pace) -> Bool {
        let start = max(fullAt, now)
        return start - now &+ UInt64(cost) &* pace.interval <= pace.capacity
    }

    /// Takes `cost` tokens, into debt if need be, but never deeper than `pace.deepest`.
    public mutating func take(_ cost: UInt32, at now: UInt64, _ pace: Pace) {
        let start = max(fullAt, now)
        let (end, overflow) = start.addingReportingOverflow(UInt64(cost) &* pace.interval)
        let (deepest, beyond) = now.addingReportingOverflow(pace.deepest)
        fullAt = min(overflow ? .max : end, beyond ? .max : deepest)
    }

    /// Takes `cost` tokens when they are there.
    public mutating func spend(_ cost: UInt32, at now: UInt64, _ pace: Pace) -> Bool {
        guard holds(cost, at: now, pace) else { return false }
        take(cost, at: now, pace)
        return true
    }

    /// Takes `cost` tokens, into a debt of no more than that, however often.
    mutating func drain(_ cost: UInt32, at now: UInt64, _ pace: Pace) {
        let (deepest, beyond) = now.addingReportingOverflow(pace.capacity &+ UInt64(cost) &* pace.interval)
        let before = fullAt
        take(cost, at: now, pace)
        fullAt = max(before, min(fullAt, beyond ? .max : deepest))
    }

    /// A ``Rate`` as nanoseconds.
    public struct Pace: Sendable {
        /// Until one token has come back.
        let interval: UInt64
        /// Until an empty bucket is full.
        let capacity: UInt64
        /// Until a bucket in the deepest debt is full.
        let deepest: UInt64

        public init(_ rate: Rate) {
            interval = 1_000_000_000 / UInt64(rate.perSecond)
            capacity = interval * UInt64(rate.burst)
            deepest = capacity + Limits.longestDebt * 1_000_000_000
        }
    }
}
