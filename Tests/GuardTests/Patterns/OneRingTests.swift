// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control call-patterns: calls that ring only to be called back (T02)")
struct OneRingTests {
    private func ring(
        _ office: inout PatternOffice,
        _ number: String,
        _ called: String,
        for seconds: Double
    ) throws
        -> PatternFinding?
    {
        let number = try #require(PhoneNumber(parsing: number))
        return office.patterns.rang(from: number, at: try .parsed(called), for: .seconds(seconds), now: office.now)
    }

    @Test func `T02 a block that rings five extensions for a moment is not called back for seven days`() throws {
        var office = try PatternOffice.calling(["TN"])
        var found: [PatternFinding?] = []
        for index in 0..<8 {
            found.append(try ring(&office, "+2169000\(1_000 + index)", "20\(index)", for: 1))
            office.wait(60)
        }
        #expect(found.firstIndex { $0 != nil } == 4 && found.count { $0 != nil } == 1)
        try expect(found[4]?.subject == .numbers(try #require(NumberPrefix(parsing: "+21690001"))))
        let back = try OutsideAttempt.to("+21690001999", "TN")
        expect(office.judge(back).isBlocked && office.judge(back).rule == .callBack)
        try expect(office.judge(try .to("+21690002999", "TN")) == .allow)
        office.wait(6 * 86_400)
        expect(office.judge(back).isBlocked)
        office.wait(86_400)
        expect(office.judge(back) == .allow)
    }

    @Test func `T02 one customer who hung up soon is called back, one ring from nowhere is asked about`() throws {
        var office = try PatternOffice.calling(["TN"])
        try expect(try ring(&office, "+21690001000", "201", for: 9) == nil)
        try expect(office.judge(try .to("+21690001000", "TN")) == .allow)
        try expect(try ring(&office, "+21690002000", "201", for: 1) == nil)
        try expect(office.judge(try .to("+21690002000", "TN", from: "202")).isAsked)
        office.wait(48 * 3_600)
        try expect(office.judge(try .to("+21690002000", "TN", from: "202")) == .allow)
    }

    @Test func `one ring from a country that is new is asked about as a ring, not as a country`() throws {
        var office = try PatternOffice()
        try expect(try ring(&office, "+21690002000", "201", for: 1) == nil)
        try expect(office.judge(try .to("+21690002000", "TN", from: "202")).rule == .callBack)
        try expect(office.judge(try .to("+21690003000", "TN", from: "202")).rule == .newCountry)
    }

    @Test func `T02 a high-risk number that rang for a moment is not called back by anybody`() throws {
        var office = try PatternOffice.calling(["TN"])
        try expect(try ring(&office, "+8821612345", "201", for: 11) == nil)
        let verdict = office.judge(try .to("+8821612345", "001", from: "203", .internationalNetwork, isConfirmed: true))
        #expect(verdict.isBlocked && verdict.rule == .callBack)
    }

    @Test func `customers whose block is called for days may ring as they like`() throws {
        var office = try PatternOffice.calling(["TN"])
        for _ in 0..<4 {
            office.call(try .to("+21690001000", "TN"))
            office.wait(86_400)
        }
        for index in 0..<8 { try expect(try ring(&office, "+2169000\(1_000 + index)", "20\(index)", for: 1) == nil) }
        try expect(office.judge(try .to("+21690001003", "TN")) == .allow)
    }

    @Test func `an operator releases a block`() throws {
        var office = try PatternOffice.calling(["TN"])
        for index in 0..<8 { _ = try ring(&office, "+2169000\(1_000 + index)", "20\(index)", for: 5) }
        let subject = try #require(PatternFinding.Subject(argument: "+21690001"))
        expect(office.patterns.stops(at: office.now).map(\.subject) == [subject])
        expect(office.patterns.release(subject, at: office.now))
        try expect(office.judge(try .to("+21690001999", "TN")) == .allow)
    }

    @Test func `after a flood of rings that pushed some out, calls to high-risk numbers are asked about`() throws {
        var office = try PatternOffice.calling(["TN"])
        for index in 0..<20_000 { _ = try ring(&office, "+216\(20_000_000 + index * 1_000)", "201", for: 1) }
        let verdict = office.judge(try .to("+8821699999", "001", from: "203", .internationalNetwork))
        #expect(verdict.isAsked)
    }
}
