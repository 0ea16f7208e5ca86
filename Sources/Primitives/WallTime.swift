// SPDX-License-Identifier: Apache-2.0

/// A moment on the calendar, in milliseconds since 1970-01-01T00:00:00Z. For records that people read.
///
/// It may jump; nothing in the core measures a duration with it. Durations are differences of ``MonotonicTime``. Sums stop at the ends
/// of what it can say: a moment may be a number that a stranger wrote.
public struct WallTime: Hashable, Comparable, Sendable, Codable {
    public let milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    public static func < (earlier: Self, later: Self) -> Bool { earlier.milliseconds < later.milliseconds }

    public static func + (start: Self, delay: Duration) -> Self {
        let (seconds, attoseconds) = delay.components
        let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000)
        let end: Int64 = seconds < 0 ? .min : .max
        guard !isTooLong else { return Self(milliseconds: end) }
        let (coarse, isBeyond) = start.milliseconds.addingReportingOverflow(whole)
        guard !isBeyond else { return Self(milliseconds: end) }
        let (sum, isOver) = coarse.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return Self(milliseconds: isOver ? (attoseconds < 0 ? .min : .max) : sum)
    }

    public static func - (end: Self, start: Self) -> Duration {
        let (span, isOver) = end.milliseconds.subtractingReportingOverflow(start.milliseconds)
        return .milliseconds(isOver ? (end < start ? Int64.min : .max) : span)
    }
}

extension WallTime {
    /// To the second: `2026-11-21T06:40:00Z`.
    public var seconds: String { description.prefix(19) + "Z" }

    /// To the day: `2026-11-21`.
    public var day: String { String(description.prefix(10)) }
}

extension WallTime: CustomStringConvertible {
    /// ISO 8601 in UTC with milliseconds: `2026-11-21T06:40:00.000Z`.
    public var description: String {
        let days = milliseconds / 86_400_000 - (milliseconds % 86_400_000 < 0 ? 1 : 0)
        let ofDay = milliseconds - days * 86_400_000
        let (year, month, day) = Self.civil(fromDays: days)
        let (hour, minute) = (ofDay / 3_600_000, ofDay / 60_000 % 60)
        let (second, milli) = (ofDay / 1_000 % 60, ofDay % 1_000)
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T"
            + "\(pad(hour, 2)):\(pad(minute, 2)):\(pad(second, 2)).\(pad(milli, 3))Z"
    }

    /// Year, month and day of a count of days since 1970-01-01 in the proleptic Gregorian calendar.
    private static func civil(fromDays days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

private func pad(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
