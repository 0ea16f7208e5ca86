// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// How many calls of the last 24 hours went to ranges with a quota. Kept by the hour, so that the window slides and no midnight
/// doubles it: a call counts for 24 hours and at most one more. 130 bytes for each range, ``Model/Limits/hotSpots`` of them at most.
public struct HotSpotTally: Sendable {
    private var counts: [NumberPrefix: Day] = [:]

    /// The running one, and those of a day before it.
    static let hours = 25

    public init() {}

    /// - Parameters:
    ///   - kept: Calls in the hour when it was kept and in those before, the latest first.
    ///   - away: How long ago that was.
    init(keeping kept: [NumberPrefix: [UInt32]], away: Duration, at now: MonotonicTime) {
        let gone = Int(clamping: away.components.seconds / 3_600)
        for (prefix, hours) in kept where gone < Self.hours {
            var day = Day(now.hour)
            for (age, count) in hours.enumerated() where age + gone < Self.hours {
                day.set(count, hoursAgo: age + gone)
            }
            counts[prefix] = day
        }
    }

    /// Calls of each range in this hour and in those before, the latest first.
    func kept(at now: MonotonicTime) -> [NumberPrefix: [UInt32]] {
        counts.mapValues { day in
            var day = day
            day.advance(to: now.hour)
            return (0..<Self.hours).map { day.count(hoursAgo: $0) }
        }
    }

    /// Whether no call is left of the quota.
    public func isUsedUp(_ spot: HotSpot, at now: MonotonicTime) -> Bool {
        used(spot.prefix, at: now) >= UInt32(spot.callsPerDay)
    }

    /// Takes one call of the quota, unless it is used up. Asked when a call is about to leave; a call that then fails has counted.
    ///
    /// - Returns: `false` where it is used up.
    @discardableResult
    public mutating func take(_ spot: HotSpot, at now: MonotonicTime) -> Bool {
        let hour = now.hour
        var day = counts[spot.prefix] ?? Day(hour)
        day.advance(to: hour)
        guard day.total < UInt32(spot.callsPerDay) else { return false }
        guard counts[spot.prefix] != nil || makeRoom(hour) else { return false }
        day.count()
        counts[spot.prefix] = day
        return true
    }

    /// Calls that count now.
    public func used(_ prefix: NumberPrefix, at now: MonotonicTime) -> UInt32 {
        guard var day = counts[prefix] else { return 0 }
        day.advance(to: now.hour)
        return day.total
    }

    /// Forgets ranges that nothing counts for; there are never more ranges than quotas may be set in two days.
    private mutating func makeRoom(_ hour: UInt64) -> Bool {
        guard counts.count >= 2 * Model.Limits.hotSpots else { return true }
        counts = counts.filter { $0.value.isCounting(at: hour) }
        return counts.count < 2 * Model.Limits.hotSpots
    }

    /// 25 hours, of which the first one is still running.
    private struct Day {
        private var hour: UInt64
        private var hours = InlineArray<25, UInt32>(repeating: 0)

        init(_ hour: UInt64) { self.hour = hour }

        var total: UInt32 {
            var total: UInt32 = 0
            for index in hours.indices { total &+= hours[index] }
            return total
        }

        mutating func advance(to now: UInt64) {
            guard now > hour else { return }
            for step in 1...min(now - hour, 25) { hours[Int((hour + step) % 25)] = 0 }
            hour = now
        }

        mutating func count() { hours[Int(hour % 25)] += 1 }

        /// - Precondition: `age` is below 25.
        func count(hoursAgo age: Int) -> UInt32 { hours[place(hoursAgo: age)] }
        mutating func set(_ count: UInt32, hoursAgo age: Int) { hours[place(hoursAgo: age)] = count }

        private func place(hoursAgo age: Int) -> Int { (Int(hour % 25) + 25 - age) % 25 }

        func isCounting(at now: UInt64) -> Bool { now < hour + 25 && total > 0 }
    }
}

extension MonotonicTime {
    fileprivate var hour: UInt64 { nanoseconds / 3_600_000_000_000 }
}
