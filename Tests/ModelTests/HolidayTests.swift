// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Primitives
import TestKit
import Testing

@Suite("Days of the calendar")
struct CivilDateTests {
    @Test func `agrees with a calendar for every day from 1970 to 2199`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        var days = 0
        while let date = CivilDate(days: days) {
            let moment = Date(timeIntervalSince1970: Double(days) * 86_400)
            let parts = calendar.dateComponents([.year, .month, .day, .weekday], from: moment)
            let (year, month, day) = date.parts
            #expect(parts.year == year && parts.month == month && parts.day == day)
            #expect(CivilDate(year: year, month: month, day: day) == date)
            #expect(parts.weekday.map { ($0 + 5) % 7 } == date.weekday.rawValue)
            days += 17
        }
        #expect(CivilDate(days: 84_005)?.description == "2199-12-31" && CivilDate(days: 84_006) == nil)
    }

    @Test(arguments: [
        "2027-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "1969-12-31", "2200-01-01", "26-1-1", "٢٠٢٦-01-01", "",
    ])
    func `what no calendar has is none`(text: String) { #expect(CivilDate(parsing: text) == nil) }

    @Test func `leap days are days`() {
        #expect(CivilDate(parsing: "2028-02-29")?.description == "2028-02-29")
        #expect(CivilDate(parsing: "2000-02-29") != nil && CivilDate(parsing: "2100-02-29") == nil)
    }
}

@Suite("Opening hours: nights, holidays and changes of the clock")
struct HolidayTests {
    private func time(_ date: String, _ hour: Int, _ minute: Int = 0) throws -> LocalTime {
        let date = try #require(CivilDate(parsing: date))
        return try #require(LocalTime(date, minute: hour * 60 + minute))
    }

    @Test(arguments: [
        "UTC: fri 22:00-06:00+1", "UTC: mon-fri 08:00-18:00; closed 2026-12-24..2026-12-26, 2027-01-01",
        "UTC: sun 20:00-20:00+1",
    ])
    func `what is written is read again`(text: String) throws {
        #expect(try #require(OpeningHours(parsing: text)).description == text)
    }

    @Test(arguments: [
        "UTC: mon 08:00-09:00+1", "UTC: mon 08:00-24:01+1", "UTC: mon 08:00-07:00+2", "UTC: mon 08:00+1-09:00+1",
        "UTC: mon 08:00-09:00; closed ", "UTC: mon 08:00-09:00; closed 2026-12-26..2026-12-24",
        "UTC: mon 08:00-09:00; closed 2026-12-24; closed 2026-12-25", "UTC: ; closed 2026-12-24",
    ])
    func `anything else is none`(text: String) { #expect(OpeningHours(parsing: text) == nil) }

    @Test func `a night is one stretch, over the end of the week too`() throws {
        let hours = try #require(OpeningHours(parsing: "UTC: sun 22:00-06:00+1"))
        // 2026-11-29 is a Sunday.
        #expect(try !hours.isOpen(at: time("2026-11-29", 21, 59)))
        #expect(try hours.isOpen(at: time("2026-11-29", 22)))
        #expect(try hours.isOpen(at: time("2026-11-30", 5, 59)))
        #expect(try !hours.isOpen(at: time("2026-11-30", 6)))
        #expect(hours.isOpen(on: .mon, at: 0) && !hours.isOpen(on: .sun, at: 0))
    }

    @Test func `on a holiday nothing begins, and what began the evening before goes on`() throws {
        let hours = try #require(
            OpeningHours(parsing: "UTC: mon-sun 22:00-06:00+1, mon-sun 08:00-18:00; closed 2026-12-25..2026-12-26")
        )
        #expect(try hours.isOpen(at: time("2026-12-24", 23)) && hours.isOpen(at: time("2026-12-25", 5)))
        #expect(try !hours.isOpen(at: time("2026-12-25", 9)) && !hours.isOpen(at: time("2026-12-25", 23)))
        #expect(try !hours.isOpen(at: time("2026-12-27", 5)) && hours.isOpen(at: time("2026-12-27", 9)))
    }

    @Test func `night mode overrides everything, both ways`() throws {
        let hours = try #require(OpeningHours(parsing: "UTC: mon-fri 08:00-18:00; closed 2026-12-25"))
        #expect(try hours.isOpen(at: time("2026-12-25", 10), mode: .open))
        #expect(try !hours.isOpen(at: time("2026-12-24", 10), mode: .closed))
        #expect(try hours.isOpen(at: time("2026-12-24", 10)))
    }

    @Test func `a change of the clock opens and closes by the clock on the wall`() throws {
        let hours = try #require(OpeningHours(parsing: "Europe/Berlin: sun 01:30-02:30, sun 03:00-04:00"))
        // 2026-03-29 01:00 UTC: 02:00 becomes 03:00. 2026-10-25 01:00 UTC: 03:00 becomes 02:00.
        let spring = try minutesOpen(hours, from: 1_774_738_800, hours: 4)
        let autumn = try minutesOpen(hours, from: 1_792_875_600, hours: 6)
        #expect(spring == 30 + 60)
        #expect(autumn == 30 + 30 + 30 + 60)
    }

    /// Minutes in which it is open, of the hours after a moment.
    private func minutesOpen(_ opening: OpeningHours, from seconds: Int, hours: Int) throws -> Int {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: opening.zone))
        return try (0..<hours * 60).count { minute in
            let date = Date(timeIntervalSince1970: Double(seconds + minute * 60))
            let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
            let day = try #require(
                CivilDate(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0)
            )
            return opening.isOpen(
                at: try #require(LocalTime(day, minute: (parts.hour ?? 0) * 60 + (parts.minute ?? 0)))
            )
        }
    }

    @Test func `holidays are found as a list of days would find them`() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let spans = try (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                let first = Int.random(in: 20_000...20_400, using: &generator)
                let last = first + Int.random(in: 0...9, using: &generator)
                return try #require(CivilDate(days: first))...#require(CivilDate(days: last))
            }
            let holidays = try #require(Holidays(spans))
            for day in 19_990...20_420 {
                let date = try #require(CivilDate(days: day))
                #expect(holidays.contains(date) == spans.contains { $0.contains(date) })
            }
            #expect(spans.isEmpty || Holidays(parsing: holidays.description) == holidays)
        }
    }
}

@Suite("Holidays from a calendar file (RFC 5545)")
struct HolidayCalendarTests {
    private func read(_ events: String, years: ClosedRange<Int> = 2_026...2_028) throws -> HolidayCalendar {
        let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n\(events.replacing("\n", with: "\r\n"))\r\nEND:VCALENDAR\r\n"
        return try HolidayCalendar(reading: Array(text.utf8), years: years)
    }

    private func event(_ lines: String) -> String { "BEGIN:VEVENT\nUID:1\n\(lines)\nEND:VEVENT" }

    @Test func `an event of whole days ends on the day before its end`() throws {
        let calendar = try read(
            event("SUMMARY:Christmas\\, and\n  after\nDTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227")
        )
        #expect(calendar.holidays.description == "2026-12-25..2026-12-26")
        #expect(calendar.days.map(\.name) == ["Christmas, and after"] && calendar.skipped == 0)
    }

    @Test func `without an end it is one day, with a duration so many`() throws {
        let calendar = try read(
            event("DTSTART;VALUE=DATE:20260101") + "\n" + event("DTSTART;VALUE=DATE:20260301\nDURATION:P1W")
        )
        #expect(calendar.holidays.description == "2026-01-01, 2026-03-01..2026-03-07")
    }

    @Test func `what comes back each year does so in the years that are asked for`() throws {
        let yearly = event("DTSTART;VALUE=DATE:19901003\nRRULE:FREQ=YEARLY;BYMONTH=10\nEXDATE;VALUE=DATE:20271003")
        #expect(try read(yearly).holidays.description == "2026-10-03, 2028-10-03")
        let counted = event("DTSTART;VALUE=DATE:20250501\nRRULE:FREQ=YEARLY;COUNT=3")
        #expect(try read(counted).holidays.description == "2026-05-01, 2027-05-01")
        let until = event("DTSTART;VALUE=DATE:20250501\nRRULE:FREQ=YEARLY;UNTIL=20260601T000000Z")
        #expect(try read(until).holidays.description == "2026-05-01")
        let leap = event("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY")
        #expect(try read(leap).holidays.description == "2028-02-29")
    }

    @Test(
        arguments: [
            ("EXDATE:20271003T000000", "2026-10-03, 2028-10-03"),
            ("EXDATE;TZID=Europe/Berlin:20271003T000000,20281003", "2026-10-03"),
            ("EXDATE:20271003T220000Z", nil), ("EXDATE:20271003T100000", nil),
        ] as [(String, String?)]
    )
    func `a day is left out by its midnight too, and an event whose days cannot be told is counted`(
        lines: String,
        days: String?
    ) throws {
        let calendar = try read(event("DTSTART;VALUE=DATE:20261003\nRRULE:FREQ=YEARLY\n\(lines)"))
        #expect(calendar.holidays.description == days ?? Holidays.none.description)
        #expect(calendar.skipped == (days == nil ? 1 : 0))
    }

    @Test(arguments: [
        "EXDATE:20270230", "EXDATE:20270101T25", "EXDATE:2027010", "RRULE:FREQ=YEARLY;UNTIL=20270230",
        "RRULE:FREQ=YEARLY;UNTIL=soon", "RRULE:FREQ=YEARLY;UNTIL=20271003T990000Z", "RRULE:FREQ=YEARLY;UNTIL=",
        "RRULE:FREQ=YEARLY;UNTIL=99991332T000000Z",
    ])
    func `a day that none is refuses the file, and ends no repetition in silence`(lines: String) throws {
        #expect(throws: HolidayCalendar.Problem.self) { try read(event("DTSTART;VALUE=DATE:20261003\n\(lines)")) }
    }

    @Test(arguments: [
        ("20271003", "2026-10-03, 2027-10-03"), ("20271002", "2026-10-03"),
        ("20271002T220000Z", "2026-10-03, 2027-10-03"),
        ("20271003T235959", "2026-10-03, 2027-10-03"), ("99991231T235959Z", "2026-10-03, 2027-10-03, 2028-10-03"),
    ])
    func `a repetition ends where it says, in the time of whoever wrote it`(until: String, days: String) throws {
        let calendar = try read(event("DTSTART;VALUE=DATE:20261003\nRRULE:FREQ=YEARLY;UNTIL=\(until)"))
        #expect(calendar.holidays.description == days)
    }

    @Test func `a rule is read alike wherever it stands`() throws {
        let rule = "RRULE:FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=3"
        for lines in ["\(rule)\nDTSTART;VALUE=DATE:20261003", "DTSTART;VALUE=DATE:20261003\n\(rule)"] {
            let calendar = try read(event(lines))
            #expect(calendar.holidays.description == "2026-10-03, 2027-10-03, 2028-10-03" && calendar.skipped == 0)
        }
        let other = try read(event("RRULE:FREQ=YEARLY;BYMONTH=11\nDTSTART;VALUE=DATE:20261003"))
        #expect(other.skipped == 1 && other.holidays == .none)
    }

    @Test func `all calendars of a file are read, and nothing but calendars`() throws {
        let second = "END:VCALENDAR\nBEGIN:VCALENDAR\n" + event("DTSTART;VALUE=DATE:20260505")
        #expect(
            try read(event("DTSTART;VALUE=DATE:20260101") + "\n" + second).holidays.description
                == "2026-01-01, 2026-05-05"
        )
        for more in ["END:VCALENDAR\nBEGIN:VCARD", "END:VCALENDAR\nX", "END:VEVENT"] {
            #expect(throws: HolidayCalendar.Problem.self) {
                try read(event("DTSTART;VALUE=DATE:20260101") + "\n" + more)
            }
        }
        let half = Array(repeating: event("DTSTART;VALUE=DATE:20260101"), count: 5_000).joined(separator: "\n")
        #expect(throws: HolidayCalendar.Problem.tooManyEvents) {
            try read("\(half)\nEND:VCALENDAR\nBEGIN:VCALENDAR\n\(half)")
        }
    }

    @Test(arguments: [
        "DTSTART:20261225T100000Z", "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=MONTHLY",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYDAY=1MO", "SUMMARY:nothing",
        "DTSTART;VALUE=DATE:20260101\nRDATE;VALUE=DATE:20260201",
        "DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20280101",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;INTERVAL=0", "DTSTART;VALUE=DATE:20260101\nDURATION:PT1H",
    ])
    func `what is not read is counted, not guessed`(lines: String) throws {
        let calendar = try read(event(lines))
        #expect(calendar.skipped == 1 && calendar.holidays == .none)
    }

    @Test func `an alarm inside of an event changes nothing, and a cancelled event is none`() throws {
        let alarm = "BEGIN:VALARM\nDTSTART;VALUE=DATE:20260202\nEND:VALARM"
        let calendar = try read(
            event("DTSTART;VALUE=DATE:20260101\n\(alarm)") + "\n"
                + event("DTSTART;VALUE=DATE:20260505\nSTATUS:CANCELLED")
        )
        #expect(calendar.holidays.description == "2026-01-01")
    }

    @Test func `a file that is none, or broken, is refused with the line`() {
        #expect(throws: HolidayCalendar.Problem.noCalendar) {
            try HolidayCalendar(reading: Array("hello".utf8), years: 2_026...2_027)
        }
        #expect(throws: HolidayCalendar.Problem.broken(line: 4)) {
            try HolidayCalendar(
                reading: Array("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\n".utf8),
                years: 2_026...2_027
            )
        }
        #expect(throws: HolidayCalendar.Problem.date(line: 5)) { try read(event("DTSTART;VALUE=DATE:20260230")) }
        #expect(throws: HolidayCalendar.Problem.tooLong) {
            try HolidayCalendar(reading: Array(repeating: 65, count: 4_194_305), years: 2_026...2_027)
        }
        #expect(throws: HolidayCalendar.Problem.tooManyEvents) {
            try read(Array(repeating: event("DTSTART;VALUE=DATE:20260101"), count: 8_193).joined(separator: "\n"))
        }
    }

    @Test func `names of others are short and without control characters`() throws {
        let long = String(repeating: "ä", count: 500)
        let calendar = try read(event("SUMMARY:a\\nb\u{1B}[0m\(long)\nDTSTART;VALUE=DATE:20260101"))
        let name = try #require(calendar.days.first?.name)
        #expect(name.utf8.count <= 64 && name.hasPrefix("a b [0m"))
    }

    @Test func `no change of any byte makes it trap or take long`() throws {
        let lines = "SUMMARY:x\\,y\nDTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20260103\nRRULE:FREQ=YEARLY;COUNT=4\n"
        let text = "BEGIN:VCALENDAR\r\n" + event(lines + "EXDATE;VALUE=DATE:20270101\nDURATION:P3D") + "\nEND:VCALENDAR"
        let alphabet = Array("0123456789:;,=\"\\\r\n \tBEGINDVCALRZ-PTW\u{0}".utf8) + [0xFF, 0xC3]
        var generator = SplitMix(26)
        for _ in 0..<5_000 {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = alphabet.randomElement(using: &generator) ?? 0
                case 1: bytes.remove(at: place)
                default: bytes.insert(alphabet.randomElement(using: &generator) ?? 0, at: place)
                }
            }
            let calendar = try? HolidayCalendar(
                reading: bytes,
                years: 2_026...Int.random(in: 2_026...9_999, using: &generator)
            )
            #expect((calendar?.days.count ?? 0) <= 20)
        }
    }
}
