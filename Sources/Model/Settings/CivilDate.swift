// SPDX-License-Identifier: Apache-2.0

/// A day of the calendar, without a clock or a zone, from 1970-01-01 to 2199-12-31.
public struct CivilDate: Hashable, Sendable {
    /// Days since 1970-01-01.
    public let days: Int

    private static let last = 84_005

    /// - Returns: `nil` outside of 1970 to 2199.
    public init?(days: Int) {
        guard (0...Self.last).contains(days) else { return nil }
        self.days = days
    }

    /// - Parameter month: 1…12.
    /// - Returns: `nil` for a day that no calendar has, such as 2027-02-29.
    public init?(year: Int, month: Int, day: Int) {
        guard (1_970...2_199).contains(year), (1...12).contains(month),
            (1...Self.length(ofMonth: month, year: year)).contains(day)
        else { return nil }
        // Counted from March, so that the day that comes and goes is the last one of its year.
        let (shifted, fromMarch) = (month > 2 ? year : year - 1, (month + 9) % 12)
        let ofYear = (153 * fromMarch + 2) / 5 + day - 1
        days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + ofYear - 719_468
    }

    /// Reads `2026-12-25` and nothing else.
    public init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { $0.utf8 }
        guard parts.map(\.count) == [4, 2, 2] else { return nil }
        self.init(year: parts[0], month: parts[1], day: parts[2])
    }

    /// Reads `20261225`, as calendars write it (RFC 5545 §3.3.4).
    public init?(basic text: some StringProtocol) {
        let digits = text.utf8
        guard digits.count == 8 else { return nil }
        self.init(year: digits.prefix(4), month: digits.dropFirst(4).prefix(2), day: digits.dropFirst(6))
    }

    private init?(year: some Sequence<UInt8>, month: some Sequence<UInt8>, day: some Sequence<UInt8>) {
        guard let year = Self.number(year), let month = Self.number(month), let day = Self.number(day) else {
            return nil
        }
        self.init(year: year, month: month, day: day)
    }

    private static func number(_ digits: some Sequence<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    public var weekday: OpeningHours.Day {
        // The first of January 1970 was a Thursday.
        OpeningHours.Day(rawValue: (days + 3) % 7) ?? .mon
    }

    /// The day before; `nil` for the first one.
    public var yesterday: CivilDate? { CivilDate(days: days - 1) }

    /// Its year, month and day.
    public var parts: (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let (era, ofEra) = (shifted / 146_097, shifted % 146_097)
        let ofYear = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let day = ofEra - (365 * ofYear + ofYear / 4 - ofYear / 100)
        let month = (5 * day + 2) / 153
        return (ofYear + era * 400 + (month >= 10 ? 1 : 0), (month + 2) % 12 + 1, day - (153 * month + 2) / 5 + 1)
    }
}

extension CivilDate: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.days < right.days }
}

extension CivilDate: CustomStringConvertible {
    /// `2026-12-25`.
    public var description: String {
        let (year, month, day) = parts
        return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}

extension CivilDate: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a day is 2026-12-25", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}

/// What the clock on a wall shows: the one of the business. Whoever knows time zones makes it; the hour that a change of the
/// clock repeats is there twice, and the one that it leaves out never.
public struct LocalTime: Hashable, Sendable {
    public let date: CivilDate
    /// Of the day, 0…1439.
    public let minute: Int

    public init?(_ date: CivilDate, minute: Int) {
        guard (0..<1_440).contains(minute) else { return nil }
        (self.date, self.minute) = (date, minute)
    }
}
