// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import TestKit
import Testing

@Suite("Control spend-limit: over a crash")
struct LedgerRecoveryTests {
    private static func office(_ seed: UInt64, steps: Int = 100) throws -> LedgerSimulation {
        let settings = try SpendSettings.limited(extension: (6, 6, 8), business: (9, 10, 14), perCall: 4)
        var office = LedgerSimulation(seed: seed, settings: settings, lateness: 0)
        office.keepsMarks = true
        for _ in 0..<steps { try office.step() }
        return office
    }

    /// The same clock on the wall; the monotonic one began anew.
    private static func moment(_ clock: Int64) -> LedgerMoment {
        LedgerMoment(now: MonotonicTime(nanoseconds: 1), wall: Till.noon + .milliseconds(clock), isOpen: true)
    }

    private static func recover(
        _ entries: some Sequence<LedgerEntry>,
        _ office: LedgerSimulation,
        at clock: Int64
    ) -> Ledger {
        Ledger(recovering: entries, settings: office.till.ledger.settings, at: moment(clock))
    }

    private static func spent(_ ledger: Ledger, _ span: SpendSpan, at clock: Int64) -> Int64 {
        var ledger = ledger
        return ledger.standing(of: .business, at: moment(clock)).lines.first { $0.span == span }?.spent.micros ?? -1
    }

    @Test("after a crash at any step, what counts is what counted before it, and never less than what was spoken")
    func steps() throws {
        for seed in 1...25 as ClosedRange<UInt64> {
            let office = try Self.office(seed)
            for mark in office.marks {
                let ledger = Self.recover(office.till.written.prefix(mark.entries), office, at: mark.clock)
                #expect(Self.spent(ledger, .week, at: mark.clock) == mark.counted)
                #expect(Self.spent(ledger, .hour, at: mark.clock) == mark.countedOfHour)
                #expect(mark.counted >= mark.spoken)
            }
        }
    }

    @Test("a call at home stays one over a crash and over a log that was written anew")
    func home() throws {
        var till = Till(try .limited())
        let payer = try Till.payer("201", isAtHome: true)
        let price = try PricedCall.costing(1, "60/60")
        #expect(till.ledger.reserve(ChargeID(1), for: payer, at: price, in: till.now, &till.turn) == .reserved)
        let logs = [till.turn.entries, till.ledger.carry(at: till.now)]
        for log in logs {
            var ledger = Ledger(recovering: log, settings: try .limited(), at: Self.moment(0))
            let standings = ledger.standings(at: Self.moment(0))
            #expect(Set(standings.map(\.pool)) == [.home, .extensionAtHome(payer.extension), .ceiling])
            #expect(standings.allSatisfy { $0.lines.first?.spent == Money(units: 1) })
            #expect(ledger.interrupted == [ChargeID(1)])
        }
    }

    @Test("after a crash between any two entries, no spoken money is free again and none counts twice")
    func cuts() throws {
        for seed in 1...25 as ClosedRange<UInt64> {
            let office = try Self.office(seed)
            for cut in 0...office.till.written.count {
                // What was spoken until the step that wrote the entry after the cut began.
                guard let before = office.marks.last(where: { $0.entries <= cut }) else { continue }
                let after = office.marks.first { $0.entries >= cut } ?? before
                let counted = Self.spent(
                    Self.recover(office.till.written.prefix(cut), office, at: after.clock),
                    .week,
                    at: after.clock
                )
                #expect(counted >= before.spoken, "seed \(seed), cut at \(cut)")
                #expect(counted <= Self.reserved(office.till.written.prefix(cut)), "seed \(seed), cut at \(cut)")
            }
        }
    }

    /// What the entries say themselves: of each leg the last total.
    private static func reserved(_ entries: ArraySlice<LedgerEntry>) -> Int64 {
        var totals: [ChargeID: Int64] = [:]
        for entry in entries {
            switch entry.event {
            case .reserved(_, let micros), .extended(_, let micros), .settled(let micros): totals[entry.charge] = micros
            case .answered, .carried, .running: break
            }
        }
        return totals.values.reduce(0, +)
    }

    @Test("entries that stand in the log twice count once")
    func twice() throws {
        for seed in 1...25 as ClosedRange<UInt64> {
            let office = try Self.office(seed)
            let (entries, clock) = (office.till.written, office.till.clock)
            let once = Self.spent(Self.recover(entries, office, at: clock), .week, at: clock)
            let doubled = entries.flatMap { [$0, $0] }
            #expect(Self.spent(Self.recover(doubled, office, at: clock), .week, at: clock) == once)
            let settledOnly = entries.filter { entry in
                entries.contains { if case .settled = $0.event { $0.charge == entry.charge } else { false } }
            }
            let total = Self.spent(Self.recover(settledOnly, office, at: clock), .week, at: clock)
            #expect(Self.spent(Self.recover(settledOnly + settledOnly, office, at: clock), .week, at: clock) == total)
        }
    }

    @Test("legs that ran are named, cannot be begun again, and their money stays taken")
    func interrupted() throws {
        var till = Till(try .limited())
        try till.reserve(1, .costing(6))
        till.answer(1)
        till.run(seconds: 30)
        try till.reserve(2, .costing(6))
        till.cancel(2)
        let before = till.spent()
        var ledger = Ledger(recovering: till.written, settings: till.ledger.settings, at: Self.moment(till.clock))
        #expect(ledger.interrupted == [ChargeID(1)])
        #expect(Self.spent(ledger, .week, at: till.clock) == before)
        let price = try PricedCall.costing(6)
        let again = ledger.reserve(
            ChargeID(1),
            for: try Till.payer("201"),
            at: price,
            in: Self.moment(till.clock),
            &till.turn
        )
        #expect(again == .refused(.repeated))
        #expect(till.turn.alerts.isEmpty)
    }

    @Test("what is older than a week is forgotten, and what claims to be of the future counts as now")
    func ages() throws {
        var till = Till(try .limited())
        try till.reserve(1, .costing(6, "60/60"))
        till.answer(1)
        till.settle(1)
        let entries = till.written
        func spent(after days: Int64, _ span: SpendSpan) -> Int64 {
            let ledger = Ledger(recovering: entries, settings: till.ledger.settings, at: Self.moment(days * 86_400_000))
            return Self.spent(ledger, span, at: days * 86_400_000)
        }
        #expect(spent(after: 2, .week) == 6_000_000)
        #expect(spent(after: 2, .day) == 0)
        #expect(spent(after: 8, .week) == 0)
        #expect(spent(after: 100_000, .week) == 0)
        #expect(spent(after: -30, .hour) == 6_000_000)
    }

    @Test("a log that is begun anew from what is carried says the same, and goes on with the entries that follow")
    func carried() throws {
        for seed in 1...25 as ClosedRange<UInt64> {
            var office = try Self.office(seed, steps: 60)
            let carried = office.till.ledger.carry(at: office.till.now)
            let start = office.till.written.count
            let (week, hour) = (office.till.spent(), office.till.spent(.business, .hour))
            let recovered = Self.recover(carried, office, at: office.till.clock)
            #expect(Self.spent(recovered, .week, at: office.till.clock) == week)
            #expect(Self.spent(recovered, .hour, at: office.till.clock) == hour)
            for _ in 0..<60 { try office.step() }
            let later = Self.recover(carried + office.till.written[start...], office, at: office.till.clock)
            let counted = Self.spent(later, .week, at: office.till.clock)
            #expect(counted >= office.till.spent())
            #expect(counted >= office.spoken(by: .business, since: .min, until: office.till.clock))
        }
    }

    @Test("entries in a senseless order do no harm")
    func nonsense() throws {
        var random = SplitMix(5)
        let office = try Self.office(3)
        for _ in 0..<200 {
            let entries = office.till.written.shuffled(using: &random)
            let ledger = Self.recover(entries, office, at: office.till.clock)
            #expect(Self.spent(ledger, .week, at: office.till.clock) <= office.till.written.count * 4_000_000)
        }
    }
}
