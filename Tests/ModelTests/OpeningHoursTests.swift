// SPDX-License-Identifier: Apache-2.0

import Model
import Testing

@Suite("Opening hours")
struct OpeningHoursTests {
    @Test(arguments: [
        "Europe/Berlin: mon-fri 08:00-18:00", "UTC: sun 00:00-24:00",
        "America/New_York: mon-wed 08:30-12:00, thu 09:00-09:01",
    ])
    func `what is written is read again`(text: String) throws {
        #expect(try #require(OpeningHours(parsing: text)).description == text)
    }

    @Test(arguments: [
        "", "Europe/Berlin", "Europe/Berlin: ", ": mon 08:00-18:00", "Eur\u{1B}: mon 08:00-18:00", "UTC: mon",
        "UTC: fri-mon 08:00-18:00", "UTC: mon 18:00-08:00", "UTC: mon 08:00-08:00", "UTC: mon 8:00-18:00",
        "UTC: mon 08:60-18:00", "UTC: mon 08:00-24:01", "UTC: mon-tue-wed 08:00-18:00", "UTC: mon  08:00-18:00",
        "UTC: mon +8:00-18:00", "UTC: mo 08:00-18:00", "UTC: mon 08:00-18:00-19:00",
    ])
    func `anything else is none`(text: String) { #expect(OpeningHours(parsing: text) == nil) }

    @Test func `there are not more than three a day`() {
        let span = "mon 08:00-09:00"
        #expect(OpeningHours(parsing: "UTC: " + Array(repeating: span, count: 21).joined(separator: ", ")) != nil)
        #expect(OpeningHours(parsing: "UTC: " + Array(repeating: span, count: 22).joined(separator: ", ")) == nil)
    }

    @Test func `the first minute is open and the last one is not`() throws {
        let hours = try #require(OpeningHours(parsing: "UTC: mon-fri 08:00-12:00, sat 00:00-24:00"))
        #expect(!hours.isOpen(on: .mon, at: 479) && hours.isOpen(on: .mon, at: 480))
        #expect(hours.isOpen(on: .fri, at: 719) && !hours.isOpen(on: .fri, at: 720))
        #expect(hours.isOpen(on: .sat, at: 0) && hours.isOpen(on: .sat, at: 1_439) && !hours.isOpen(on: .sun, at: 600))
    }
}
