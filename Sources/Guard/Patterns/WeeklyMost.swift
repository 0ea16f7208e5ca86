// SPDX-License-Identifier: Apache-2.0

/// The highest value of each of the last twelve weeks: how a business or an extension usually calls.
///
/// What is usual is the second highest of the weeks that have passed, so that it takes two weeks to become used to
/// anything. A week in which calls were stopped teaches nothing. 52 bytes.
struct WeeklyMost: Sendable {
    private static var weeks: UInt32 { 12 }
    private static var seconds: UInt32 { 604_800 }
    private var most = InlineArray<12, UInt32>(repeating: 0)
    private var week: UInt32 = 0
    private var isStopped = false

    mutating func observe(_ value: Int, at time: UInt32) {
        advance(to: time)
        guard !isStopped else { return }
        let place = Int(week % Self.weeks)
        most[place] = max(most[place], UInt32(clamping: value))
    }

    /// Calls were stopped: this week does not count.
    mutating func stop(at time: UInt32) {
        advance(to: time)
        most[Int(week % Self.weeks)] = 0
        isStopped = true
    }

    /// 0 until two weeks have passed.
    func usual(at time: UInt32) -> Int {
        let now = time / Self.seconds
        guard now >= week, now - week < Self.weeks else { return 0 }
        var (first, second): (UInt32, UInt32) = (0, 0)
        // The week of `time` is not over, and places of weeks without a call hold what is twelve weeks old.
        for age in (now == week ? 1 : 0)..<(Self.weeks - (now - week)) where week >= age {
            let value = most[Int((week - age) % Self.weeks)]
            if value > first { (first, second) = (value, first) } else { second = max(second, value) }
        }
        return Int(second)
    }

    private mutating func advance(to time: UInt32) {
        let now = time / Self.seconds
        guard now > week else { return }
        for step in 0..<min(now - week, Self.weeks) { most[Int((now - step) % Self.weeks)] = 0 }
        (week, isStopped) = (now, false)
    }
}

extension WeeklyMost: PatternCoded {
    mutating func code(_ coder: inout PatternCoder) {
        coder.code(&week)
        coder.code(&isStopped)
        coder.code(&most)
    }
}
