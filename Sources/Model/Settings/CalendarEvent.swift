// SPDX-License-Identifier: Apache-2.0

/// What one `VEVENT` says (RFC 5545 §3.6.1), as far as whole days go.
struct CalendarEvent {
    private(set) var name = ""
    private(set) var isCancelled = false
    private var first: CivilDate?
    /// The day after the last one (§3.6.1: the end is not part of the event).
    private var end: CivilDate?
    private var dayCount: Int?
    private var excluded: Set<CivilDate> = []
    /// Read when all is known: it may stand before the start, which it is compared with.
    private var rule: CalendarLine?
    /// It has a time of day, or a rule that is not read here.
    private var isOther = false

    init() {}

    mutating func take(_ line: CalendarLine) throws(HolidayCalendar.Problem) {
        switch line.name {
        case "SUMMARY": name = line.plainText
        case "STATUS": isCancelled = line.hasValue("CANCELLED")
        case "DTSTART": first = try date(line)
        case "DTEND": end = try date(line)
        case "DURATION": takeDuration(line.value)
        case "EXDATE": try takeExclusions(line)
        case "RRULE" where rule == nil: rule = line
        case "RRULE": isOther = true
        case "RDATE", "EXRULE", "RECURRENCE-ID": isOther = true
        default: break
        }
    }

    /// - Returns: `nil` for a time of day, which makes the event one that is left out.
    private mutating func date(_ line: CalendarLine) throws(HolidayCalendar.Problem) -> CivilDate? {
        guard line.value.utf8.count == 8 else {
            isOther = true
            return nil
        }
        guard let date = CivilDate(basic: line.value) else { throw .date(line: line.number) }
        return date
    }

    /// `P1D`, `P2W`; anything finer is a time of day.
    private mutating func takeDuration(_ text: String) {
        guard text.hasPrefix("P"), let unit = text.last, let number = Int(text.dropFirst().dropLast()),
            (1...366).contains(number), unit == "D" || unit == "W"
        else {
            isOther = true
            return
        }
        dayCount = unit == "W" ? number * 7 : number
    }

    /// Days, or as some programmes write them the midnights at which those begin. Any other time excludes what is not read here.
    private mutating func takeExclusions(_ line: CalendarLine) throws(HolidayCalendar.Problem) {
        for text in line.value.split(separator: ",") {
            guard excluded.count < Limits.holidays, let date = CivilDate(basic: text.prefix(8)) else {
                throw .date(line: line.number)
            }
            switch text.dropFirst(8) {
            case "", "T000000": excluded.insert(date)
            case let time where time.isTime: isOther = true
            default: throw .date(line: line.number)
            }
        }
    }

    /// The days that it takes; `nil` when it is not read here.
    ///
    /// - Throws: When its rule names a day that no calendar has.
    func spans(in years: ClosedRange<Int>) throws(HolidayCalendar.Problem) -> [ClosedRange<CivilDate>]? {
        guard !isOther, let first else { return nil }
        let length = end.map { max($0.days - first.days, 1) } ?? dayCount ?? 1
        guard length <= 366 else { return nil }
        guard let rule else { return span(from: first, length, years).map { [$0] } ?? [] }
        guard let yearly = try YearlyRule(rule, from: first) else { return nil }
        return repetitions(of: first, by: yearly, in: years).compactMap { span(from: $0, length, years) }
    }

    /// A day that a year does not have is left out (§3.3.10), and does not count.
    private func repetitions(
        of first: CivilDate,
        by rule: YearlyRule,
        in years: ClosedRange<Int>
    ) -> [CivilDate] {
        let (year, month, day) = first.parts
        var (found, left): ([CivilDate], Int) = ([], rule.count)
        for next in stride(from: year, through: min(years.upperBound, 2_199), by: rule.interval) where left > 0 {
            guard let date = CivilDate(year: next, month: month, day: day) else { continue }
            if let last = rule.lastDay, date.days > last { break }
            left -= 1
            if !excluded.contains(date) { found.append(date) }
        }
        return found
    }

    private func span(from first: CivilDate, _ length: Int, _ years: ClosedRange<Int>) -> ClosedRange<CivilDate>? {
        guard years.contains(first.parts.year), !excluded.contains(first),
            let last = CivilDate(days: first.days + length - 1)
        else { return nil }
        return first...last
    }
}

/// `FREQ=YEARLY` and how often (RFC 5545 §3.3.10).
private struct YearlyRule {
    private(set) var (interval, count): (Int, Int) = (1, .max)
    /// As ``CivilDate/days``; `nil` for no end.
    private(set) var lastDay: Int?

    /// - Returns: `nil` for a rule that does more, which is left out.
    /// - Throws: When it ends on a day that no calendar has.
    init?(_ line: CalendarLine, from first: CivilDate) throws(HolidayCalendar.Problem) {
        var isYearly = false
        for part in line.value.split(separator: ";") {
            let (key, value) = (part.prefix { $0 != "=" }, part.drop { $0 != "=" }.dropFirst())
            switch key {
            case "FREQ": isYearly = value == "YEARLY"
            case "INTERVAL": interval = Int(value).map { min($0, 1_000) } ?? 0
            case "COUNT": count = Int(value) ?? 0
            case "UNTIL":
                guard let end = Self.end(value) else { throw .date(line: line.number) }
                lastDay = end
            // What the start says already; other days than its own would be others.
            case "BYMONTH" where Int(value) == first.parts.month: break
            case "BYMONTHDAY" where Int(value) == first.parts.day: break
            case "WKST": break
            default: return nil
            }
        }
        guard isYearly, interval > 0, count > 0 else { return nil }
    }

    /// A time is one of UTC, and here it may be the day after already. That one counts too: nothing comes back within a day.
    ///
    /// - Returns: `nil` for what is no day; no day for one that is beyond all that are read.
    private static func end(_ text: Substring) -> Int?? {
        let (day, time) = (text.prefix(8), text.dropFirst(8))
        guard time.isEmpty || time.isTime else { return nil }
        if let date = CivilDate(basic: day) { return date.days + (time.isEmpty || time == "T000000" ? 0 : 1) }
        // Programmes write the end of time for "always".
        guard day.utf8.count == 8, let value = Int(day), value >= 22_000_101,
            CivilDate(basic: "2196" + day.dropFirst(4)) != nil
        else { return nil }
        return .some(nil)
    }
}

extension Substring {
    /// `T235959`, or the same in UTC (§3.3.5).
    fileprivate var isTime: Bool {
        let digits = dropFirst().prefix(6)
        let isUTC = utf8.count == 8 && last == "Z"
        guard first == "T", utf8.count == 7 || isUTC, digits.utf8.allSatisfy({ 48...57 ~= $0 }),
            let hour = Int(digits.prefix(2)), let minute = Int(digits.dropFirst(2).prefix(2)),
            let second = Int(digits.dropFirst(4))
        else { return false }
        return hour < 24 && minute < 60 && second <= 60
    }
}
