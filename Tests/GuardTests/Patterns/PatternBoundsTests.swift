// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control call-patterns: bounded and never shaken (D7)")
struct PatternBoundsTests {
    @Test func `250,000 distinct callers and numbers take no byte more, and free nobody who is stopped`() throws {
        var office = try PatternOffice.calling(["FR"], extensions: 200)
        let before = office.patterns.bytes
        for index in 0..<12 { office.call(try .to("+331401\(index + 10)000", "FR"), answered: 1) }
        try expect(office.judge(try .to("+33140100000", "FR")).rule == .costlyMinute)
        let region = try Region.parsed("FR")
        for index in 0..<250_000 {
            let caller = try #require(ExtensionNumber(parsing: "\(100_000 + index % 900_000)"))
            let number = try #require(PhoneNumber(value: 33_100_000_000 + UInt64(index) * 997))
            let attempt = OutsideAttempt(
                caller: caller,
                number: number,
                region: region,
                numberClass: .geographic,
                minutePrice: 20_000
            )
            if index % 3 == 0 { _ = office.patterns.refused(attempt, at: office.now) }
            if index % 3 == 1, office.judge(attempt).leaves { _ = office.begin(attempt) }
            if index % 3 == 2 { _ = office.patterns.rang(from: number, at: caller, for: .seconds(1), now: office.now) }
            if index % 1_000 == 0 { office.wait(1) }
        }
        #expect(office.patterns.bytes == before)
        print("call-patterns: \(before) bytes for 200 extensions, whatever was dialled")
        let verdict = office.judge(try .to("+33140100000", "FR"))
        #expect(verdict.rule == .costlyMinute && verdict.finding?.isNew == false)
    }

    @Test(arguments: [(1, 264_000), (20, 264_000), (200, 1_014_000), (1_000, 4_040_000), (1_000_000, 25_500_000)])
    func `memory is what the page says`(extensions: Int, most: Int) throws {
        let bytes = try PatternOffice(extensions: extensions).patterns.bytes
        print("call-patterns: \(bytes) bytes for \(extensions) extensions")
        #expect(bytes <= most)
    }

    @Test func `no clock, price, duration or order of events makes it trap`() throws {
        var source = SystemRandomNumberGenerator()
        for _ in 0..<15 {
            var office = try PatternOffice()
            for _ in 0..<400 {
                office.seconds = [0, 1, 1e3, 1e9, 1.8e10, office.seconds, office.seconds + 40].randomElement() ?? 0
                try disturb(&office, using: &source)
            }
            _ = office.patterns.snapshot(at: office.now)
        }
    }

    private func disturb(_ office: inout PatternOffice, using source: inout SystemRandomNumberGenerator) throws {
        let prices: [Int64] = [.min, -1, 0, 1, 20_000, 2_000_000, .max]
        let class_ = NumberClass.allCases.randomElement(using: &source) ?? .unknown
        var attempt = OutsideAttempt(
            caller: try .parsed("2\(Int.random(in: 0...99, using: &source))".padded),
            number: try #require(PhoneNumber(value: UInt64.random(in: 10_000...999_999_999_999_999, using: &source))),
            region: Region.all.randomElement(using: &source) ?? .international,
            numberClass: class_,
            minutePrice: prices.randomElement(using: &source) ?? 0,
            isOpen: Bool.random(using: &source)
        )
        attempt.isConfirmed = Bool.random(using: &source)
        let call = UInt64.random(in: 1...50, using: &source)
        let durations: [Duration] = [.zero, .seconds(-5), .seconds(1), .seconds(Int64.max / 4), .nanoseconds(1)]
        switch Int.random(in: 0..<8, using: &source) {
        case 0, 1: _ = office.patterns.judge(attempt, at: office.now)
        case 2: office.patterns.started(call, attempt, at: office.now)
        case 3: office.patterns.answered(call, at: office.now)
        case 4:
            let duration = durations.randomElement(using: &source) ?? .zero
            office.patterns.ended(
                call,
                after: duration,
                cost: prices.randomElement(using: &source) ?? 0,
                at: office.now
            )
        case 5: _ = office.patterns.refused(attempt, at: office.now)
        case 6:
            let duration = durations.randomElement(using: &source) ?? .zero
            _ = office.patterns.rang(from: attempt.number, at: attempt.caller, for: duration, now: office.now)
        default: _ = office.patterns.tick(at: office.now)
        }
    }

    @Test func `a clock that went back stops nobody longer than the stop`() throws {
        var office = try PatternOffice.calling(["FR"])
        for index in 0..<12 { office.call(try .to("+331401\(index + 10)000", "FR"), answered: 1) }
        let stopped = office.seconds
        office.seconds = 0
        try expect(office.judge(try .to("+33140100000", "FR")).isBlocked)
        office.seconds = stopped + 3_601
        try expect(office.judge(try .to("+33140100000", "FR")) == .allow)
    }

    @Test func `what ended and what did not begin leave the calls in progress right`() throws {
        var office = try PatternOffice.calling(["FR"])
        var source = SystemRandomNumberGenerator()
        var open: [UInt64] = []
        for _ in 0..<2_000 {
            office.wait(400)
            if Bool.random(using: &source) || open.isEmpty {
                open.append(office.begin(try .to("+33140100000", "FR"), isAnswered: Bool.random(using: &source)))
            } else {
                let call = open.remove(at: Int.random(in: 0..<open.count, using: &source))
                office.patterns.ended(call, after: .seconds(1), cost: 0, at: office.now)
                office.patterns.ended(call, after: .seconds(1), cost: 0, at: office.now)
            }
        }
        for call in open { office.patterns.ended(call, after: .seconds(1), cost: 0, at: office.now) }
        office.wait(2 * 86_400)
        // Nothing is in progress any more: four at a time leave again, and the fifth does not.
        for index in 0..<4 {
            try expect(office.judge(try .to("+3314010\(index)000", "FR")).leaves)
            _ = office.begin(try .to("+3314010\(index)000", "FR"))
        }
        try expect(office.judge(try .to("+33140104000", "FR")).rule == .concurrency)
    }
}

extension String {
    fileprivate var padded: String { count < 2 ? "2" + self : self }
}
