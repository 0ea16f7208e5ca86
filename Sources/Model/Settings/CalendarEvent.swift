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
    private var isYearly = false
    private var (interval, count): (Int, Int) = (1, .max)
    private var until: CivilDate?
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
        case "RRULE": takeRule(line.value)
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

    private mutating func takeExclusions(_ line: CalendarLine) throws(HolidayCalendar.Problem) {
        for text in line.value.split(separator: ",") {
            guard excluded.count < Limits.holidays, let date = CivilDate(basic: text) else {
                throw .date(line: line.number)
            }
            excluded.insert(date)
        }
    }

    /// `FREQ=YEARLY` and how often; every other part makes it a rule that is left out.
    private mutating func takeRule(_ text: String) {
        guard !isYearly else {
            isOther = true
            return
        }
        for part in text.split(separator: ";") {
            let (key, value) = (part.prefix { $0 != "=" }, part.drop { $0 != "=" }.dropFirst())
            switch key {
            case "FREQ": isYearly = value == "YEARLY"
            case "INTERVAL": interval = Int(value).map { min(max($0, 0), 1_000) } ?? 0
            case "COUNT": count = Int(value).map { max($0, 0) } ?? 0
            case "UNTIL": until = CivilDate(basic: value.prefix(8))
            // What the start says already; other days than its own would be others.
            case "BYMONTH" where Int(value) == first?.parts.month: break
            case "BYMONTHDAY" where Int(value) == first?.parts.day: break
            case "WKST": break
            default: isOther = true
            }
        }
        if !isYearly || interval == 0 { isOther = true }
    }

    /// The days that it takes; `nil` when it is not read here.
    func spans(in years: ClosedRange<Int>) -> [ClosedRange<CivilDate>]? {
        guard !isOther, let first else { return nil }
        let length = end.map { max($0.days - first.days, 1) } ?? dayCount ?? 1
        guard length <= 366 else { return nil }
        guard isYearly else { return span(from: first, length, years).map { [$0] } ?? [] }
        return repetitions(of: first, in: years).compactMap { span(from: $0, length, years) }
    }

    /// A day that a year does not have is left out (§3.3.10), and does not count.
    private func repetitions(of first: CivilDate, in years: ClosedRange<Int>) -> [CivilDate] {
        let (year, month, day) = first.parts
        var (found, left): ([CivilDate], Int) = ([], count)
        for next in stride(from: year, through: min(years.upperBound, 2_199), by: interval) where left > 0 {
            guard let date = CivilDate(year: next, month: month, day: day) else { continue }
            if let until, date > until { break }
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
