// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import TestKit
import Testing

@Suite("Control spend-limit: whatever happens in whatever order")
struct LedgerPropertyTests {
    /// Small, so that every run exhausts it several times.
    private static func settings() throws -> SpendSettings {
        try .limited(extension: (4, 6, 8), business: (7, 10, 14), perCall: 3)
    }

    /// What was spoken within the hour, day and week that end now, of each budget, is at most its limit and the overshoot that was
    /// published.
    private static func check(_ office: LedgerSimulation) throws {
        for pool in try office.pools {
            for span in SpendSpan.allCases {
                let limit = office.till.ledger.settings.limits(of: pool, at: Till.noon)[span].micros
                let (start, now) = (office.till.clock - span.seconds * 1_000, office.till.clock)
                let spoken = office.spoken(by: pool, since: start, until: now)
                #expect(spoken <= limit + (office.published[pool] ?? 0), "\(pool), \(span) at \(now)")
            }
        }
    }

    private static func run(_ office: inout LedgerSimulation, steps: Int) throws {
        for step in 1...steps {
            try office.step()
            if step % 12 == 0 { try check(office) }
        }
    }

    @Test("in 1,500 interleavings in which ticks and ends are in time, no budget is ever exceeded")
    func inTime() throws {
        var exhausted = 0
        for seed in 1...1_500 as ClosedRange<UInt64> {
            var office = LedgerSimulation(seed: seed, settings: try Self.settings(), lateness: 0)
            try Self.run(&office, steps: 96)
            #expect(office.till.ledger.overshoot(lateBy: .zero) == .zero)
            exhausted += office.legs.values.contains { $0.endsAt != nil } ? 1 : 0
        }
        #expect(exhausted > 150, "the budgets were hardly used up: \(exhausted)")
    }

    @Test("in 600 interleavings in which both come too late, the excess is at most what was published")
    func late() throws {
        var exceeded = 0
        for seed in 1...600 as ClosedRange<UInt64> {
            var office = LedgerSimulation(seed: seed, settings: try Self.settings(), lateness: 9_000)
            try Self.run(&office, steps: 96)
            let spoken = office.spoken(by: .business, since: .min, until: office.till.clock)
            exceeded += spoken > 7_000_000 ? 1 : 0
        }
        #expect(exceeded > 0, "nothing came too late, so that nothing was tested")
    }

    @Test("over days, what was spoken within any window stays within its limit")
    func days() throws {
        for seed in 1...40 as ClosedRange<UInt64> {
            var office = LedgerSimulation(seed: seed, settings: try Self.settings(), lateness: 0)
            for round in 0..<40 {
                try Self.run(&office, steps: 24)
                office.rest(hours: round % 5 == 4 ? 20 : 1)
            }
        }
    }

    @Test("when all legs are over, what is counted is what was spoken")
    func settled() throws {
        for seed in 1...300 as ClosedRange<UInt64> {
            var office = LedgerSimulation(
                seed: seed,
                settings: try Self.settings(),
                lateness: seed % 2 == 0 ? 0 : 3_000
            )
            for _ in 0..<120 { try office.step() }
            office.rest(hours: 0)
            let spoken = office.spoken(by: .business, since: .min, until: office.till.clock)
            #expect(office.till.spent() == spoken)
            #expect(office.till.spent(.business, .hour) == spoken)
            #expect(office.till.ledger.runningCount == 0)
        }
    }

    @Test("the published overshoot is calls, price and whole steps")
    func published() throws {
        let tariff = try #require(Tariff(perMinute: Money(clamping: 500_000), increments: .seconds))
        #expect(Overshoot.bound(calls: 30, of: tariff, lateBy: .zero) == .zero)
        #expect(Overshoot.bound(calls: 30, of: tariff, lateBy: .milliseconds(1)).micros == 30 * 8_334)
        #expect(Overshoot.bound(calls: 30, of: tariff, lateBy: .seconds(60)) == Money(units: 15))
        let minutes = try #require(Tariff(perMinute: Money(units: 1), increments: .minutes))
        #expect(Overshoot.bound(calls: 2, of: minutes, lateBy: .seconds(1)) == Money(units: 2))
        #expect(Overshoot.bound(calls: .max, of: minutes, lateBy: .seconds(Int64.max)) == .largest)
    }
}

extension LedgerSimulation {
    /// Everybody hangs up, and time passes.
    mutating func rest(hours: Int64) {
        for (charge, leg) in legs.sorted(by: { $0.key < $1.key }) where leg.endedAt == nil {
            legs[charge]?.endedAt = till.clock
            till.settle(charge)
        }
        pass(hours * 3_600_000)
    }
}
