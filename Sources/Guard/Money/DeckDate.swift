// SPDX-License-Identifier: Apache-2.0

import Primitives

/// A day as price lists write it. `3/4/2026` is April to one half of the world, so what it means is decided when all days of the list
/// are known.
enum DeckDate: Hashable {
    case exact(WallTime)
    /// Two numbers of which either may be the month, and the year; milliseconds of the day.
    case unordered(Int, Int, year: Int, milliseconds: Int64)

    /// Reads `2026-11-29`, `2026/11/29`, `29.11.2026`, `29/11/2026`, `29-Nov-2026`, each with or without `00:00:00` behind it, as a
    /// time of UTC.
    ///
    /// - Returns: `nil` for anything else, and for days that no calendar has.
    init?(parsing text: String) {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" })
        guard let day = parts.first, parts.count <= 2 else { return nil }
        guard let milliseconds = parts.count == 2 ? Self.milliseconds(parts[1]) : 0 else { return nil }
        let fields = day.split(omittingEmptySubsequences: false, whereSeparator: { "./-".contains($0) })
        guard fields.count == 3, let date = Self.day(fields, isDotted: day.contains("."), milliseconds) else {
            return nil
        }
        self = date
    }

    private static func day(_ fields: [Substring], isDotted: Bool, _ milliseconds: Int64) -> Self? {
        if let month = months[fields[1].lowercased()], let day = number(fields[0]), let year = year(fields[2]) {
            return exact(year, month, day, milliseconds)
        }
        guard let first = number(fields[0]), let second = number(fields[1]), let third = number(fields[2]) else {
            return nil
        }
        if fields[0].utf8.count == 4 { return exact(first, second, third, milliseconds) }
        guard let year = year(fields[2]) else { return nil }
        if isDotted { return exact(year, second, first, milliseconds) }
        guard (1...31).contains(first), (1...31).contains(second), first <= 12 || second <= 12 else { return nil }
        return .unordered(first, second, year: year, milliseconds: milliseconds)
    }

    /// Whether the first number must be the day, or the month; `nil` where it may be either.
    var isDayFirst: Bool? {
        switch self {
        case .exact: nil
        case .unordered(let first, let second, _, _): first > 12 ? true : second > 12 ? false : nil
        }
    }

    /// Whether its meaning hangs on the order.
    var isUnclear: Bool {
        switch self {
        case .exact: false
        case .unordered(let first, let second, _, _): first != second && first <= 12 && second <= 12
        }
    }

    /// - Parameter dayFirst: Of the whole list.
    func time(dayFirst: Bool) -> WallTime? {
        switch self {
        case .exact(let time): return time
        case .unordered(let first, let second, let year, let milliseconds):
            let (day, month) = dayFirst ? (first, second) : (second, first)
            guard case .exact(let time)? = Self.exact(year, month, day, milliseconds) else { return nil }
            return time
        }
    }

    private static func exact(_ year: Int, _ month: Int, _ day: Int, _ milliseconds: Int64) -> Self? {
        guard (1970...2_999).contains(year), (1...12).contains(month), (1...length(month, year)).contains(day) else {
            return nil
        }
        return .exact(WallTime(milliseconds: Int64(days(year, month, day)) * 86_400_000 + milliseconds))
    }

    private static func length(_ month: Int, _ year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days since 1970-01-01 in the Gregorian calendar.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let (years, months) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
        return years * 365 + years / 4 - years / 100 + years / 400 + (153 * months + 2) / 5 + day - 719_469
    }

    /// `08:30`, `08:30:00`, `00:00:00Z`.
    private static func milliseconds(_ text: Substring) -> Int64? {
        let parts = (text.hasSuffix("Z") ? text.dropLast() : text).split(
            separator: ":",
            omittingEmptySubsequences: false
        )
        guard (2...3).contains(parts.count), let hour = number(parts[0]), let minute = number(parts[1]),
            let second = parts.count == 3 ? number(parts[2].prefix { $0 != "." }) : 0, hour < 24, minute < 60,
            second < 60
        else { return nil }
        return Int64(hour * 3_600 + minute * 60 + second) * 1_000
    }

    /// Four digits, or two of this century.
    private static func year(_ text: Substring) -> Int? {
        guard let number = number(text) else { return nil }
        return text.utf8.count == 4 ? number : text.utf8.count == 2 ? 2_000 + number : nil
    }

    /// One to four digits.
    private static func number(_ text: Substring) -> Int? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        else {
            return nil
        }
        return Int(text)
    }

    private static let months: [String: Int] = [
        "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
        "dec": 12,
    ]
}
