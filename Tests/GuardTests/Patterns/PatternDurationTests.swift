// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control call-patterns: how long, how much, how often")
struct PatternDurationTests {
    @Test func `T10 a chain of calls below an hour each ends after nine hours of talk, also in the middle of one`()
        throws
    {
        var office = try PatternOffice.calling(["FR"])
        var (minutes, verdict) = (0, PatternVerdict.allow)
        for index in 0..<20 where verdict.leaves || verdict.rule == .averageDuration {
            verdict = office.call(
                try .to("+33140\(100_000 + index * 1_000)", "FR", isConfirmed: true),
                answered: 59 * 60
            )
            if !verdict.isBlocked { minutes += 59 } else { break }
        }
        #expect(verdict.isBlocked && verdict.rule == .talkTime)
        #expect((540...660).contains(minutes))
    }

    @Test func `calls in progress count, not only those that have ended`() throws {
        var office = try PatternOffice.calling(["FR"])
        _ = office.begin(try .to("+33140100000", "FR"), isAnswered: true)
        office.wait(10 * 3_600)
        let verdict = office.judge(try .to("+33140200000", "FR"))
        #expect(verdict.isBlocked && verdict.rule == .talkTime && verdict.finding?.value == 600)
    }

    @Test func `five costly calls that last an hour each on average are asked about`() throws {
        var office = try PatternOffice.calling(["FR"])
        var verdicts: [PatternVerdict] = []
        for index in 0..<7 {
            verdicts.append(office.call(try .to("+33140\(100_000 + index * 1_000)", "FR"), answered: 58 * 60))
        }
        #expect(verdicts[4].leaves && verdicts[5].isAsked && verdicts[5].rule == .averageDuration)
    }

    @Test func `answered calls below 20 seconds in a row to one number end at the eighth, redialled ones do not`()
        throws
    {
        var office = try PatternOffice.calling(["FR"])
        for _ in 0..<30 {
            try expect(office.call(try .to("+33140100000", "FR"), answered: nil) == .allow)
            office.wait(60)
        }
        var verdicts: [PatternVerdict] = []
        for _ in 0..<9 {
            verdicts.append(office.call(try .to("+33140200000", "FR", from: "202"), answered: 5))
            office.wait(60)
        }
        #expect(verdicts[8].isBlocked && verdicts[8].rule == .shortRow)
    }

    @Test func `costly calls at a time are limited, and each that ends makes room`() throws {
        var office = try PatternOffice.calling(["FR"])
        let calls = try (0..<4).map { office.begin(try .to("+3314010\($0)000", "FR")) }
        try expect(office.judge(try .to("+33140200000", "FR")).rule == .concurrency)
        office.patterns.ended(calls[0], after: .zero, cost: 0, at: office.now)
        // A second end of the same call makes no more room.
        office.patterns.ended(calls[0], after: .zero, cost: 0, at: office.now)
        try expect(office.judge(try .to("+33140200000", "FR")).leaves)
        _ = office.begin(try .to("+33140200000", "FR"))
        try expect(office.judge(try .to("+33140300000", "FR")).rule == .concurrency)
    }

    @Test func `what the calls in progress cost a minute, and have cost within the hour, is limited`() throws {
        var office = try PatternOffice.calling(["FR"])
        _ = office.begin(try .to("+33140100000", "FR", price: 5_000_000), isAnswered: true)
        try expect(office.judge(try .to("+33140200000", "FR", price: 4_000_000)).rule == .costRate)
        try expect(office.patterns.release(.extension(.parsed("201")), at: office.now))
        office.wait(16 * 60 + 1)
        let verdict = office.judge(try .to("+33140200000", "FR"))
        #expect(verdict.isBlocked && verdict.rule == .costHour && verdict.finding?.value == 8_008)
        #expect(verdict.finding?.sentence.contains("80.08 of currency within an hour, and 80.00 is the limit") == true)
    }

    @Test func `T10 a call to a high-risk number is told of after half an hour and ended after one, each once`() throws
    {
        var office = try PatternOffice()
        let call = office.begin(try .to("+49900123456", "DE", .premium), isAnswered: true)
        _ = office.begin(try .to("+4930123456", "DE"), isAnswered: true)
        office.wait(29 * 60)
        expect(office.patterns.tick(at: office.now).isEmpty)
        office.wait(60)
        let told = office.patterns.tick(at: office.now)
        #expect(told.map(\.call) == [call] && told[0].verdict.isWarned)
        expect(office.patterns.tick(at: office.now).isEmpty)
        office.wait(30 * 60)
        expect(office.patterns.tick(at: office.now).map(\.verdict.isBlocked) == [true])
        expect(office.patterns.tick(at: office.now).isEmpty)
    }

    @Test func `nothing is gained by midnight or the full hour: every window of 24 hours holds`() throws {
        var office = try PatternOffice.calling(["FR"])
        var left: [Double] = []
        // As fast as it goes, for six days, beginning just before midnight.
        office.seconds = 86_400 - 600
        while office.seconds < 6 * 86_400 {
            if office.call(try .to("+33140\(100_000 + left.count * 97 % 800_000)", "FR"), answered: nil).leaves {
                left.append(office.seconds)
            }
            office.wait(61)
        }
        for start in left {
            #expect(left.count { (start..<start + 86_400).contains($0) } <= 300)
            #expect(left.count { (start..<start + 3_600).contains($0) } <= 60)
        }
        #expect(left.count > 600)
    }

    @Test func `who calls much every week is used to it, and not who was stopped for it`() throws {
        var (honest, stopped) = (try PatternOffice.calling(["FR"]), try PatternOffice.calling(["FR"]))
        for week in 0..<4 {
            for hour in 0..<5 {
                for index in 0..<55 {
                    honest.wait(60)
                    honest.call(try .to("+33140\(100_000 + hour * 7_000 + index * 101)", "FR"), answered: nil)
                }
                honest.wait(80_000)
            }
            honest.seconds = Double((week + 1) * 604_800 + 1_000)
            for index in 0..<80 { stopped.call(try .to("+33140\(100_000 + index * 1_000)", "FR"), answered: 40) }
            stopped.seconds = honest.seconds
        }
        let attempts = try (0..<90).map { try OutsideAttempt.to("+33140\(100_000 + $0 * 2_003)", "FR") }
        let busy = attempts.map { attempt in
            honest.wait(35)
            return honest.call(attempt, answered: nil)
        }
        #expect(busy.allSatisfy { !$0.isBlocked })
        let again = attempts.map { attempt in
            stopped.wait(35)
            return stopped.call(attempt, answered: nil)
        }
        #expect(again.firstIndex(where: \.isBlocked) == 60)
    }
}
