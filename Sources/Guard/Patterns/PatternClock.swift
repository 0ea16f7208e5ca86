// SPDX-License-Identifier: Apache-2.0

import Primitives

/// Seconds of a monotonic clock since call patterns were first kept, restarts included. It never goes back.
struct PatternClock: Sendable {
    /// What it said when this process began to count, and when that was.
    private let base: UInt32
    private let origin: UInt64
    private(set) var latest: UInt32

    init(base: UInt32 = 0, at now: MonotonicTime) { (self.base, latest, origin) = (base, base, now.nanoseconds) }

    mutating func read(at now: MonotonicTime) -> UInt32 {
        let passed = now.nanoseconds >= origin ? (now.nanoseconds - origin) / 1_000_000_000 : 0
        let (sum, overflow) = base.addingReportingOverflow(UInt32(clamping: passed))
        latest = max(latest, overflow ? .max : sum)
        return latest
    }
}

extension UInt32 {
    /// So many seconds later, at most at the end of the clock.
    func later(by seconds: UInt32) -> UInt32 {
        let (sum, overflow) = addingReportingOverflow(seconds)
        return overflow ? .max : sum
    }

    /// Seconds since `earlier`; 0 when that is still to come.
    func since(_ earlier: UInt32) -> UInt32 { self > earlier ? self - earlier : 0 }

    /// The number of the day, the first is 1.
    var day: UInt16 { UInt16(clamping: self / 86_400 + 1) }
}
