// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@testable import Admin

@Suite("What is typed behind --until")
struct EndTimeTests {
    /// 2027-01-15 08:00 UTC.
    @Test(arguments: [
        ("30m", "2027-01-15T08:30"), ("8h", "2027-01-15T16:00"), ("14d", "2027-01-29T08:00"),
        ("2027-01-15", "2027-01-15T23:00"), ("2027-01-16T18:05", "2027-01-16T17:05"),
        ("2027-07-01", "2027-07-01T22:00"),
    ])
    func `is a time by the clock of the business`(text: String, end: String) throws {
        #expect(try EndTime.read(text, zone: "Europe/Berlin", at: noon).description.hasPrefix(end))
    }

    @Test(arguments: [
        "", "8", "h", "-8h", "+8h", "8 h", "٨h", "99999999999h", "2027-02-30", "2027-1-1", "2026-12-31", "0h",
        "2027-01-16T24:00", "2027-01-16T18:60", "2027-01-16T18", "tomorrow", "2027-01-15T08:00", "0000-01-01",
    ])
    func `what is none is refused, and so is what is over`(text: String) {
        #expect(throws: Refusal.self) { try EndTime.read(text, zone: nil, at: noon) }
    }

    @Test func `any text at all is a time to come or refused`() {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("0123456789-:T hdm+x")
        for _ in 0..<20_000 {
            let text = String(
                (0..<Int.random(in: 0...18, using: &generator)).compactMap { _ in
                    letters.randomElement(using: &generator)
                }
            )
            if let end = try? EndTime.read(text, zone: nil, at: noon) { #expect(end > noon) }
        }
    }
}
