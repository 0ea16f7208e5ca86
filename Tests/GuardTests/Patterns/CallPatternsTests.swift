// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control call-patterns")
struct CallPatternsTests {
    @Test func `ordinary calls at home are no pattern, however a day goes`() throws {
        var office = try PatternOffice()
        for index in 0..<400 {
            let attempt = try OutsideAttempt.to("+4930\(100_000 + index % 40)", "DE", from: "20\(index % 5)")
            expect(office.call(attempt, answered: index % 3 == 0 ? nil : 70) == .allow)
        }
    }

    @Test func `T12 an extension that spreads calls is stopped within the hour, and an hour later calls again`() throws
    {
        var office = try PatternOffice()
        var verdicts: [PatternVerdict] = []
        for index in 0..<400 {
            verdicts.append(office.call(try .to("+4930\(100_000 + index)", "DE"), answered: 6))
        }
        #expect(verdicts.firstIndex { $0.isWarned } == 150)
        #expect(verdicts.firstIndex { $0.isBlocked } == 300)
        #expect(verdicts[300].rule == .allHour && verdicts[399].isBlocked)
        try expect(office.call(try .to("+4930999999", "DE", from: "202")) == .allow)
        office.wait(3_601)
        try expect(office.call(try .to("+4930999999", "DE")) == .allow)
    }

    @Test func `a stop says the rule, the value, the threshold, the calls and how to end it`() throws {
        var office = try PatternOffice.calling(["FR"])
        var verdict = PatternVerdict.allow
        for count in 0..<11 { verdict = office.call(try .to("+33140\(100_000 + 1_000 * count)", "FR"), answered: 1) }
        let finding = try #require(verdict.finding)
        #expect(finding.rule == .costlyMinute && finding.value == 11 && finding.threshold == 10 && finding.isNew)
        #expect(finding.calls == [11, 10, 9, 8, 7, 6, 5, 4])
        #expect(
            finding.sentence
                == "extension 201: 11 costly calls within a minute, and 10 is the limit [call-patterns: costly-minute]"
        )
        #expect(
            finding.remedy == "It ends by itself in 60 minutes; earlier with: ringfence pattern release 201 --reason …"
        )
        #expect(verdict.refusal?.status == 403 && verdict.refusal?.reason.contains("costly-minute") == true)
        office.wait(120)
        let again = try #require(office.judge(try .to("+33140000000", "FR")).finding)
        #expect(again.value == 11 && !again.isNew && again.stop == .seconds(3_600 - 120))
    }

    @Test func `a stop of costly calls leaves ordinary and emergency calls alone`() throws {
        var office = try PatternOffice.calling(["FR"])
        for index in 0..<12 { office.call(try .to("+331401\(index + 10)000", "FR"), answered: 1) }
        try expect(office.judge(try .to("+33140100000", "FR")).isBlocked)
        try expect(office.judge(try .to("+4930100000", "DE")) == .allow)
        var emergency = try OutsideAttempt.to("+33140100000", "FR")
        emergency.isEmergency = true
        expect(office.judge(emergency) == .allow)
    }

    @Test func `an operator ends a stop, and the next call is not stopped again`() throws {
        var office = try PatternOffice.calling(["FR"])
        for index in 0..<12 { office.call(try .to("+331401\(index + 10)000", "FR"), answered: 1) }
        let subject = PatternFinding.Subject.extension(try .parsed("201"))
        expect(office.patterns.stops(at: office.now).map(\.subject) == [subject])
        expect(office.patterns.release(subject, at: office.now))
        expect(office.patterns.stops(at: office.now).isEmpty)
        try expect(office.judge(try .to("+33140100000", "FR")) == .allow)
        expect(!office.patterns.release(subject, at: office.now))
    }

    @Test func `people are warned once in 24 hours of one rule and extension`() throws {
        var office = try PatternOffice.calling(["FR"])
        var warnings = 0
        for index in 0..<40 {
            office.wait(index % 8 == 0 ? 55 : 0.1)
            if office.call(try .to("+33140\(100_000 + index * 1_000)", "FR"), answered: nil).isWarned { warnings += 1 }
        }
        #expect(warnings == 1)
    }

    @Test func `the first call to a country within 90 days is confirmed, the next ones are not`() throws {
        var office = try PatternOffice()
        try expect(office.call(try .to("+22112345678", "SN")).rule == .newCountry)
        try expect(office.call(try .to("+22112345678", "SN")).isAsked)
        try expect(office.call(try .to("+22112345678", "SN", isConfirmed: true)) == .allow)
        try expect(office.call(try .to("+22112349999", "SN", from: "202")) == .allow)
        // Whoever confirmed one country is asked about the next one all the same.
        try expect(office.call(try .to("+22212345678", "MR")).rule == .newCountry)
        office.wait(91 * 86_400)
        try expect(office.call(try .to("+22112345678", "SN")).rule == .newCountry)
    }

    @Test(arguments: [PatternSettings.NewCountry.warn, .confirm])
    func `a day of hardly called countries ends at the fifth, also after a first call there`(
        answer: PatternSettings.NewCountry
    ) throws {
        var settings = PatternSettings()
        settings.newCountry = answer
        var office = try PatternOffice(settings: settings)
        let countries = [("SN", "221"), ("MR", "222"), ("ML", "223"), ("GN", "224"), ("CI", "225"), ("BF", "226")]
        // Somebody else has called each of them once.
        for (region, code) in countries {
            let call = office.begin(try .to("+\(code)12340000", region, from: "209"))
            office.patterns.ended(call, after: .seconds(1), cost: 0, at: office.now)
        }
        office.wait(86_400)
        let verdicts = try countries.map { office.call(try .to("+\($0.1)12345678", $0.0), answered: 30) }
        #expect(verdicts.prefix(5).allSatisfy { $0.leaves })
        #expect(verdicts[5].isBlocked && verdicts[5].rule == .rareCountries)
    }

    @Test func `T01 numbers that are refused one after the other stop the extension's costly calls`() throws {
        var office = try PatternOffice.calling(["FR"])
        var verdicts: [PatternVerdict] = []
        for index in 0..<8 {
            verdicts.append(office.patterns.refused(try .to("+960123456\(index)", "MV"), at: office.now))
            office.wait(20)
        }
        #expect(verdicts.firstIndex(where: \.isWarned) == 3 && verdicts.firstIndex(where: \.isBlocked) == 6)
        try expect(office.judge(try .to("+33140100000", "FR")).rule == .refusedNumbers)
        try expect(office.judge(try .to("+4930100000", "DE")) == .allow)
    }

    @Test
    func `T01 the first premium number that is refused is told of, the third one locks the extension for an hour`()
        throws
    {
        var office = try PatternOffice.calling(["FR"])
        let numbers = [
            ("+499001000000", NumberClass.premium), ("+8816000000000", .satellite),
            ("+979000000000", .internationalPremium),
        ]
        var verdicts: [PatternVerdict] = []
        for (number, kind) in numbers {
            verdicts.append(office.patterns.refused(try .to(number, "DE", kind), at: office.now))
            // The same one again says nothing new.
            verdicts.append(office.patterns.refused(try .to(number, "DE", kind), at: office.now))
            office.wait(30)
        }
        #expect(verdicts.map(\.rule) == [.refusedPremium, nil, nil, nil, .refusedPremium, .refusedPremium])
        #expect(verdicts[0].isWarned && verdicts[4].isBlocked)
        #expect(verdicts[4].finding?.isNew == true && verdicts[4].finding?.stop == .seconds(3_600))
        try expect(office.judge(try .to("+4930100000", "DE")).rule == .refusedPremium)
        try expect(office.judge(try .to("+4930100000", "DE", from: "202")) == .allow)
        office.wait(3_600)
        try expect(office.judge(try .to("+4930100000", "DE")) == .allow)
    }

    @Test func `somebody who tries one closed number again and again is not taken for a thief`() throws {
        var office = try PatternOffice()
        for _ in 0..<50 {
            try expect(office.patterns.refused(try .to("+9601234567", "MV"), at: office.now) == .allow)
            office.wait(5)
        }
    }

    @Test func `T11 from a new network no call goes abroad until somebody confirms one`() throws {
        var office = try PatternOffice.calling(["FR"])
        office.patterns.changed(try .parsed("201"), .network, at: office.now)
        try expect(office.call(try .to("+33140100000", "FR")).rule == .newNetwork)
        try expect(office.call(try .to("+4930100000", "DE")) == .allow)
        try expect(office.call(try .to("+33140100000", "FR", from: "202")) == .allow)
        try expect(office.call(try .to("+33140100000", "FR", isConfirmed: true)) == .allow)
        try expect(office.call(try .to("+33140100001", "FR")) == .allow)
    }

    @Test func `after a change of a credential a quarter of the threshold is enough to be asked`() throws {
        var office = try PatternOffice.calling(["FR"])
        office.patterns.changed(try .parsed("201"), .credential, at: office.now)
        var verdicts: [PatternVerdict] = []
        for index in 0..<20 {
            office.wait(30)
            verdicts.append(office.call(try .to("+33140\(100_000 + index * 1_000)", "FR"), answered: 30))
        }
        #expect(verdicts.firstIndex(where: \.isAsked) == 15 && verdicts[15].rule == .costlyHour)
        office.wait(86_400)
        try expect(office.call(try .to("+33140900000", "FR")) == .allow)
    }

    @Test func `many numbers of one block abroad are asked about, and not those of a block that is called for days`()
        throws
    {
        var office = try PatternOffice.calling(["FR"])
        var verdicts: [PatternVerdict] = []
        for index in 10..<26 {
            office.wait(600)
            verdicts.append(office.call(try .to("+331401000\(index)", "FR")))
        }
        #expect(verdicts.firstIndex(where: \.isWarned) == 8 && verdicts.firstIndex(where: \.isAsked) == 12)
        for _ in 0..<4 {
            office.wait(86_400)
            office.call(try .to("+33140100010", "FR", isConfirmed: true))
        }
        office.wait(86_400)
        let later = try (10..<26).map { index in
            office.wait(600)
            return office.call(try .to("+331401000\(index)", "FR", from: "202"))
        }
        #expect(later.allSatisfy { $0 == .allow })
    }

    @Test func `extensions that call different numbers of one block are asked, those that join one conference are not`()
        throws
    {
        var office = try PatternOffice.calling(["FR"])
        let conference = try (10..<20).map { office.call(try .to("+33140100000", "FR", from: "2\($0)")) }
        #expect(conference.allSatisfy { $0 == .allow })
        let spread = try (10..<20).map { office.call(try .to("+33140\($0)0000", "FR", from: "2\($0)")) }
        #expect(spread.allSatisfy { $0 == .allow })
        let leased = try (10..<17).map { office.call(try .to("+331403000\($0)", "FR", from: "2\($0)")) }
        #expect(leased.contains { $0.isAsked && $0.rule == .manyExtensions })
    }

    @Test func `short calls to three high-risk blocks stop every call to a high-risk number`() throws {
        var office = try PatternOffice.calling(["LV"])
        let blocks = ["+37190001", "+37190002", "+37190003", "+37190004"]
        for block in blocks { office.call(try .to("\(block)111", "LV", .premium), answered: 8) }
        let verdict = office.judge(try .to("+37190005111", "LV", from: "202", .premium))
        #expect(verdict.isBlocked && verdict.rule == .testCalls && verdict.finding?.subject == .highRisk)
        try expect(office.judge(try .to("+37167000111", "LV", from: "202")) == .allow)
    }
}
