// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Notices how a business calls the outside world when it is not its own people who call (control `call-patterns`).
///
/// One value for a business. Every outside call is judged before it leaves, and reported as it begins, is answered and ends.
/// It knows no clock: durations are those of the monotonic time that it is handed, and whether the business is open comes
/// with the attempt. What it keeps is bounded by ``bytes`` whatever anybody dials. A judgement looks at a fixed number of
/// counters and allocates nothing when the call may leave.
///
/// Costly calls are counted in full; ordinary calls inside the home country only by `all-hour` and `refused-numbers`.
public struct CallPatterns: Sendable {
    private(set) var settings: PatternSettings
    private(set) var afterHours: AfterHoursSettings
    private(set) var home: Region
    let seed: (UInt64, UInt64)
    var limits: PatternLimits
    var clock: PatternClock
    var extensions: PatternTable<ExtensionPattern>
    var hundreds: PatternTable<HundredPattern>
    var thousands: PatternTable<ThousandPattern>
    var rings: PatternTable<RingPattern>
    var regions = RegionHistory()
    var business = BusinessPattern()
    /// Costly calls that have begun, by the name that the caller gave them.
    var running: [UInt64: RunningCall] = [:]

    /// - Parameters:
    ///   - home: The country whose ordinary numbers are not costly.
    ///   - extensions: How many the business has.
    ///   - seed: 128 random bits; new for each business, and kept with what it counted.
    public init(
        home: Region,
        extensions: Int,
        settings: PatternSettings = PatternSettings(),
        afterHours: AfterHoursSettings = AfterHoursSettings(),
        seed: (UInt64, UInt64),
        at now: MonotonicTime
    ) {
        (self.home, self.settings, self.afterHours, self.seed) = (home, settings, afterHours, seed)
        limits = PatternLimits(settings, extensions: extensions)
        clock = PatternClock(at: now)
        let seats = min(max(extensions, 0), Limits.patternExtensions.upperBound)
        self.extensions = PatternTable(capacity: Limits.patternExtensions.clamp(seats * 2), seed: seed)
        hundreds = PatternTable(capacity: Limits.patternBlocks.clamp(seats * 4), seed: seed)
        thousands = PatternTable(capacity: Limits.patternBlocks.clamp(seats * 4), seed: seed)
        rings = PatternTable(capacity: Limits.patternRings.clamp(seats * 4), seed: seed)
    }

    /// Follows the settings. What was counted stays.
    public mutating func follow(
        _ settings: PatternSettings,
        _ afterHours: AfterHoursSettings,
        home: Region,
        extensions: Int
    ) {
        (self.settings, self.afterHours, self.home) = (settings, afterHours, home)
        limits = PatternLimits(settings, extensions: extensions)
    }

    /// Bytes of the tables, which do not grow: the rest is at most 64 bytes for each of ``Limits/runningCalls`` calls.
    public var bytes: Int {
        extensions.bytes + hundreds.bytes + thousands.bytes + rings.bytes + MemoryLayout<Self>.size + 2_031
    }
}

extension ClosedRange<Int> {
    fileprivate func clamp(_ value: Int) -> Int { Swift.min(Swift.max(value, lowerBound), upperBound) }
}
