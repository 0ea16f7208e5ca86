// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control after-hours")
struct AfterHoursTests {
    @Test func `T09 outside business hours a fraction of the costly calls is enough`() throws {
        var office = try PatternOffice.calling(["FR"])
        var verdicts: [PatternVerdict] = []
        for index in 0..<20 {
            office.wait(60)
            verdicts.append(office.call(try .to("+33140\(100_000 + index * 1_000)", "FR", isOpen: false), answered: 60))
        }
        #expect(verdicts.firstIndex(where: \.isBlocked) == 15 && verdicts[15].rule == .closedHour)
    }

    @Test func `T09 a trickle of three an hour through a night ends too`() throws {
        var office = try PatternOffice.calling(["FR"])
        var left = 0
        for index in 0..<180 {
            office.wait(1_140)
            let attempt = try OutsideAttempt.to("+33140\(100_000 + index * 1_000)", "FR", isOpen: false)
            if office.call(attempt, answered: 60).leaves { left += 1 }
        }
        // A weekend of sixty hours: twice the budget of 24 hours, and what is left of the third.
        #expect(left <= 120)
    }

    @Test func `calls of the day do not use up the budget of the night`() throws {
        var office = try PatternOffice.calling(["FR"])
        for index in 0..<30 {
            office.wait(60)
            office.call(try .to("+33140\(100_000 + index * 1_000)", "FR"), answered: 30)
        }
        try expect(office.call(try .to("+33140900000", "FR", isOpen: false)) == .allow)
    }

    @Test func `the owner is told of a kind of call, once in 24 hours and extension`() throws {
        var settings = AfterHoursSettings()
        settings.told = [.mobile]
        var office = try PatternOffice(afterHours: settings)
        let mobile = try OutsideAttempt.to("+4917012345678", "DE", .mobile, isOpen: false)
        expect(office.call(mobile).rule == .closedClass)
        expect(office.call(mobile) == .allow)
        try expect(office.call(try .to("+4917012345678", "DE", from: "202", .mobile, isOpen: false)).isWarned)
        try expect(office.call(try .to("+4930123456", "DE", isOpen: false)) == .allow)
        try expect(office.call(try .to("+4917012345678", "DE", from: "203", .mobile)) == .allow)
    }

    @Test func `abroad only who is on the roster, or who confirms, when the owner wants it so`() throws {
        let home = try Region.parsed("DE")
        var settings = AfterHoursSettings()
        settings.abroad = .roster
        try expect(settings.setRoster([try .parsed("202")]))
        let night = { (caller: String) in try OutsideAttempt.to("+33140100000", "FR", from: caller, isOpen: false) }
        try expect(AfterHoursRules.decide(try night("201"), home: home, settings: settings) == .refuse)
        try expect(AfterHoursRules.decide(try night("202"), home: home, settings: settings) == .allow)
        try expect(
            AfterHoursRules.decide(try .to("+4930123456", "DE", isOpen: false), home: home, settings: settings)
                == .allow
        )
        try expect(AfterHoursRules.decide(try .to("+33140100000", "FR"), home: home, settings: settings) == .allow)
        settings.abroad = .confirm
        try expect(AfterHoursRules.decide(try night("201"), home: home, settings: settings) == .confirm)
        let confirmed = try OutsideAttempt.to("+33140100000", "FR", isOpen: false, isConfirmed: true)
        #expect(AfterHoursRules.decide(confirmed, home: home, settings: settings) == .allow)
    }

    @Test func `a refused call at night stops nothing else`() throws {
        var settings = AfterHoursSettings()
        settings.abroad = .roster
        var office = try PatternOffice(settings: .usual(["FR"]), afterHours: settings)
        let first = office.judge(try .to("+33140100000", "FR", isOpen: false))
        #expect(first.isBlocked && first.rule == .closedClass && first.finding?.stop == nil)
        try expect(
            try first.finding?.isNew == true
                && office.judge(try .to("+33140100000", "FR", isOpen: false)).finding?.isNew == false
        )
        try expect(office.call(try .to("+33140100000", "FR")) == .allow)
        expect(office.patterns.stops(at: office.now).isEmpty)
    }
}
