// SPDX-License-Identifier: Apache-2.0

/// Reads the holidays of a calendar file (RFC 5545): its events that last whole days, and come once or each year.
///
/// Of several calendars in one file (§3.4) all are read. The file is somebody else's. It is read once, line by line, and what it may hold is limited: ``Limits/calendarBytes``,
/// ``Limits/calendarEvents``, a year for each event. Events with a time of day, and rules that do more than come back each
/// year, are left out and counted, so that a person can see that something is missing.
public struct HolidayCalendar: Hashable, Sendable {
    /// Why a file is not taken. Lines are numbered from 1, as an editor shows them.
    public enum Problem: Error, Hashable, Sendable {
        case tooLong
        case tooManyEvents
        /// It does not begin with `BEGIN:VCALENDAR`.
        case noCalendar
        /// It ends in the middle, a part ends that did not begin, or something follows that is no calendar.
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
        var (reader, events) = (CalendarLines(bytes), 0)
        guard let first = reader.next(), first.begins("VCALENDAR") else { throw .noCalendar }
        let last = min(years.upperBound, years.lowerBound.saturatingAdd(Limits.calendarYears - 1))
        try read(&reader, years: years.lowerBound...last, &events)
        while let next = reader.next() {
            guard next.begins("VCALENDAR") else { throw .broken(line: next.number) }
            try read(&reader, years: years.lowerBound...last, &events)
        }
        guard let holidays = Holidays(days.map(\.days)) else { throw .tooManyDays }
        self.holidays = holidays
    }

    /// One calendar, behind its beginning.
    private mutating func read(
        _ reader: inout CalendarLines,
        years: ClosedRange<Int>,
        _ events: inout Int
    ) throws(Problem) {
        var parts = ["VCALENDAR"]
        var event: CalendarEvent?
        while let part = parts.last {
            guard let line = reader.next() else { throw .broken(line: reader.number) }
            if line.name == "BEGIN" {
                parts.append(line.value.uppercased())
                guard parts.count <= 8 else { throw .broken(line: line.number) }
                if parts.count == 2, line.begins("VEVENT") { event = CalendarEvent() }
            } else if line.name == "END" {
                guard line.hasValue(part) else { throw .broken(line: line.number) }
                parts.removeLast()
                guard parts.count == 1, let ended = event else { continue }
                (event, events) = (nil, events + 1)
                guard events <= Limits.calendarEvents else { throw .tooManyEvents }
                try take(ended, years)
            } else if parts.count == 2 {
                try event?.take(line)
            }
        }
    }

    private mutating func take(_ event: CalendarEvent, _ years: ClosedRange<Int>) throws(Problem) {
        guard !event.isCancelled else { return }
        guard let spans = try event.spans(in: years) else {
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
