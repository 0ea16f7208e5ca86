// SPDX-License-Identifier: Apache-2.0

/// Reads the holidays of a calendar file (RFC 5545): its events that last whole days, and come once or each year.
///
/// The file is somebody else's. It is read once, line by line, and what it may hold is limited: ``Limits/calendarBytes``,
/// ``Limits/calendarEvents``, a year for each event. Events with a time of day, and rules that do more than come back each
/// year, are left out and counted, so that a person can see that something is missing.
public struct HolidayCalendar: Hashable, Sendable {
    /// Why a file is not taken. Lines are numbered from 1, as an editor shows them.
    public enum Problem: Error, Hashable, Sendable {
        case tooLong
        case tooManyEvents
        /// It does not begin with `BEGIN:VCALENDAR`.
        case noCalendar
        /// It ends in the middle, or a part ends that did not begin.
        case broken(line: Int)
        /// A day that no calendar has.
        case date(line: Int)
        /// More than ``Limits/holidays`` stretches of days are left.
        case tooManyDays
    }

    /// One event, as it is shown to whoever imports it. The name is somebody else's text: at most ``Limits/nameBytes``.
    public struct Day: Hashable, Sendable {
        public let name: String
        public let days: ClosedRange<CivilDate>
    }

    public private(set) var holidays = Holidays.none
    public private(set) var days: [Day] = []
    /// Events that were left out.
    public private(set) var skipped = 0

    /// - Parameter years: Days outside of these are not taken; at most ``Limits/calendarYears``, the first ones count.
    public init(reading bytes: [UInt8], years: ClosedRange<Int>) throws(Problem) {
        guard bytes.count <= Limits.calendarBytes else { throw .tooLong }
        var reader = CalendarLines(bytes)
        guard let first = reader.next(), first.name == "BEGIN", first.hasValue("VCALENDAR") else {
            throw .noCalendar
        }
        let last = min(years.upperBound, years.lowerBound.saturatingAdd(Limits.calendarYears - 1))
        try read(&reader, years: years.lowerBound...last)
        guard let holidays = Holidays(days.map(\.days)) else { throw .tooManyDays }
        self.holidays = holidays
    }

    private mutating func read(_ reader: inout CalendarLines, years: ClosedRange<Int>) throws(Problem) {
        var (depth, events) = (1, 0)
        var event: CalendarEvent?
        while depth > 0 {
            guard let line = reader.next() else { throw .broken(line: reader.number) }
            if line.name == "BEGIN" {
                depth += 1
                guard depth <= 8 else { throw .broken(line: line.number) }
                if depth == 2, line.hasValue("VEVENT") { event = CalendarEvent() }
            } else if line.name == "END" {
                depth -= 1
                guard depth == 1, let ended = event else { continue }
                (event, events) = (nil, events + 1)
                guard events <= Limits.calendarEvents else { throw .tooManyEvents }
                try take(ended, years)
            } else if depth == 2 {
                try event?.take(line)
            }
        }
    }

    private mutating func take(_ event: CalendarEvent, _ years: ClosedRange<Int>) throws(Problem) {
        guard !event.isCancelled else { return }
        guard let spans = event.spans(in: years) else {
            skipped += 1
            return
        }
        guard days.count + spans.count <= Limits.calendarEvents * 2 else { throw .tooManyDays }
        days += spans.map { Day(name: event.name, days: $0) }
    }
}

extension Int {
    fileprivate func saturatingAdd(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
