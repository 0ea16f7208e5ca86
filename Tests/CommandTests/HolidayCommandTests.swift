// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Model
import Primitives
import Testing

@testable import ringfence

@Suite("ringfence hours holiday")
struct HolidayCommandTests {
    @Test func `days are asked for as they are typed, and shown with the hours`() throws {
        let verb = try parse(HolidayAdd.self, "2026-12-24..2026-12-26", "2027-01-01")
        #expect(verb.command == ChangeHolidays(["2026-12-24..2026-12-26", "2027-01-01"]))
        #expect(try parse(HolidayRemove.self, "2027-01-01").command == ChangeHolidays(["2027-01-01"], isRemoval: true))
        let hours = try #require(OpeningHours(parsing: "Europe/Berlin: mon-fri 08:00-18:00; closed 2027-01-01"))
        let text = try verb.answer(from: Office(ShowHours.Reply(hours: hours, isOpen: true))).text
        #expect(text.hasSuffix("mon-fri 08:00-18:00\nClosed on 2027-01-01."))
        for wrong in ["christmas", "2026-02-30", "2026-12-26..2026-12-24"] {
            #expect(throws: (any Error).self) { try parse(HolidayAdd.self, wrong) }
        }
    }

    @Test func `a calendar is read here, and what it leaves out is said`() throws {
        let path = NSTemporaryDirectory() + "ringfence-calendar-" + UUID().uuidString
        let year = Calendar(identifier: .gregorian).component(.year, from: Date())
        let text = """
            BEGIN:VCALENDAR
            BEGIN:VEVENT
            SUMMARY:New year
            DTSTART;VALUE=DATE:\(year)0101
            END:VEVENT
            BEGIN:VEVENT
            SUMMARY:Lunch
            DTSTART:\(year)0102T120000Z
            END:VEVENT
            END:VCALENDAR

            """
        try Data(text.replacing("\n", with: "\r\n").utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let verb = try parse(HolidayImport.self, path)
        #expect(verb.command == ChangeHolidays(["\(year)-01-01..\(year)-01-01"]))
        let answer = try verb.answer(from: Office(ShowHours.Reply(hours: nil, isOpen: true)))
        #expect(answer.text.hasSuffix("1 events with a time or a rule of their own were left out."))
        #expect(throws: (any Error).self) { try parse(HolidayImport.self, path, "--years", "99") }
    }
}
