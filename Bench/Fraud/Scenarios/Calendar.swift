// SPDX-License-Identifier: Apache-2.0

/// A moment of the simulated weeks: seconds since Monday 2027-03-08 00:00 in the business's own time.
///
/// Assumption: every business keeps the clock it starts with; the change to summer time on 2027-03-28 is left out.
typealias Instant = Int

/// The four weeks that are simulated: Easter is in the middle.
enum Calendar {
    static let minute = 60
    static let hour = 3_600
    static let day = 86_400
    static let days = 28
    static let end: Instant = days * day
    /// The first moment in milliseconds since 1970, for whoever needs a date.
    static let startMilliseconds: Int64 = 1_804_464_000_000
    /// Good Friday and Easter Monday, as days since the start.
    static let holidays = [18, 21]

    static func day(of moment: Instant) -> Int { moment / day }

    /// 0 is Monday.
    static func weekday(ofDay day: Int) -> Int { day % 7 }

    static func secondOfDay(_ moment: Instant) -> Int { moment % day }
}
