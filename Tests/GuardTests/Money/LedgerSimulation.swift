// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import TestKit
import Testing

/// An office that calls at random until its money is gone, again and again, beside a meter that knows what is really spoken. Time is
/// virtual, in milliseconds.
struct LedgerSimulation {
    /// A leg as the provider bills it.
    struct Leg {
        let number: String
        let trunk: String
        let tariff: Tariff
        var answeredAt: Int64?
        var endedAt: Int64?
        var endsAt: Int64?

        /// What it has cost until then, by the provider's clock.
        func cost(until now: Int64) -> Int64 {
            guard let answeredAt, now >= answeredAt else { return 0 }
            return tariff.cost(ofNanoseconds: (min(now, endedAt ?? now) - answeredAt) * 1_000_000).micros
        }

        func isPaid(by pool: SpendPool) -> Bool {
            switch pool {
            case .business: true
            case .extension(let own): own.text == number
            case .trunk(let own): own.text == trunk
            case .group, .home, .extensionAtHome: false
            case .ceiling: true
            }
        }
    }

    /// What stood in the log at a moment, and what had been spoken until then.
    struct Mark {
        let entries: Int
        let clock: Int64
        let counted: Int64
        let countedOfHour: Int64
        let spoken: Int64
    }

    var till: Till
    var random: SplitMix
    var legs: [UInt64: Leg] = [:]
    var marks: [Mark] = []
    /// The largest overshoot that was published at any time, for each budget.
    var published: [SpendPool: Int64] = [:]
    /// Whether what counts is written down after each step.
    var keepsMarks = false
    /// Milliseconds that a tick, or the end of a leg, may come too late; each by itself.
    let lateness: Int64
    private var nextTick: Int64 = 1_000
    private var nextCharge: UInt64 = 1
    private let numbers = ["201", "202", "203"]
    private let trunks = ["main", "spare"]

    init(seed: UInt64, settings: SpendSettings, lateness: Int64) {
        (till, random, self.lateness) = (Till(settings), SplitMix(seed), lateness)
    }

    var pools: [SpendPool] {
        get throws {
            [.business] + (try numbers.map { .extension(try .parsed($0)) })
                + (try trunks.map { .trunk(try .named($0)) })
        }
    }

    /// One thing happens: a tick, the end of a leg that was told to end, or what people do.
    mutating func step() throws {
        let whim = till.clock + Int64.random(in: 1...1_500, using: &random)
        let end = legs.values.compactMap { $0.endedAt == nil ? $0.endsAt : nil }.min() ?? .max
        let next = min(whim, nextTick, end)
        till.clock = max(till.clock, next)
        if next == end {
            endDue()
        } else if next == nextTick {
            tick()
        } else {
            try act()
        }
        try mark()
    }

    private mutating func endDue() {
        for (charge, leg) in legs.sorted(by: { $0.key < $1.key })
        where leg.endedAt == nil && leg.endsAt ?? .max <= till.clock {
            hangUp(charge)
        }
    }

    private mutating func tick() {
        till.ledger.tick(till.now, &till.turn)
        till.collect()
        for end in till.turn.ends where legs[end.charge.value]?.endsAt == nil {
            legs[end.charge.value]?.endsAt = till.clock + Int64.random(in: 0...1_000 + lateness, using: &random)
        }
        till.turn.ends.removeAll()
        nextTick = till.clock + 1_000 + (lateness > 0 ? Int64.random(in: 0...lateness, using: &random) : 0)
    }

    private mutating func act() throws {
        let running = legs.filter { $0.value.endedAt == nil }.keys.sorted()
        let charge = running.randomElement(using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5: try call()
        case 5..<8:
            guard let charge, legs[charge]?.answeredAt == nil else { return }
            // An answer that crosses the CANCEL costs its first step all the same.
            legs[charge]?.answeredAt = till.clock
            if !till.answer(charge) { hangUp(charge) }
        case 8:
            if let charge { hangUp(charge) }
        default: till.isOpen = Int.random(in: 0..<4, using: &random) > 0
        }
    }

    private mutating func call() throws {
        let numbers = (numbers.randomElement(using: &random) ?? "201", trunks.randomElement(using: &random) ?? "main")
        let steps = ["1/1", "6/6", "30/6", "60/1", "60/60", "1/60", "7/3"]
        let tariff = Tariff(
            setUp: Money(clamping: Int64.random(in: 0...3, using: &random) * 100_000),
            perMinute: Money(clamping: Int64.random(in: 0...3_000_000, using: &random)),
            increments: try #require(Increments(parsing: steps.randomElement(using: &random) ?? "1/1"))
        )
        let price = try PricedCall.costing(try #require(tariff))
        let payer = try Till.payer(numbers.0, trunk: numbers.1)
        let answer = till.ledger.reserve(ChargeID(nextCharge), for: payer, at: price, in: till.now, &till.turn)
        till.collect()
        if answer == .reserved { legs[nextCharge] = Leg(number: numbers.0, trunk: numbers.1, tariff: price.tariff) }
        nextCharge += 1
    }

    private mutating func hangUp(_ charge: UInt64) {
        legs[charge]?.endedAt = till.clock
        till.settle(charge)
    }

    /// Nothing happens for a while, but ticks would have come.
    mutating func pass(_ milliseconds: Int64) {
        till.clock += milliseconds
        nextTick = till.clock + 1_000
    }

    private mutating func mark() throws {
        if lateness > 0 {
            for pool in try pools {
                let overshoot = till.ledger.overshoot(lateBy: .milliseconds(2 * lateness), of: pool).micros
                published[pool] = max(published[pool] ?? 0, overshoot)
            }
        }
        guard keepsMarks else { return }
        marks.append(
            Mark(
                entries: till.written.count,
                clock: till.clock,
                counted: till.spent(),
                countedOfHour: till.spent(.business, .hour),
                spoken: spoken(by: .business, since: .min, until: till.clock)
            )
        )
    }

    /// What was really spoken in a stretch of time, by whoever a budget pays for.
    func spoken(by pool: SpendPool, since start: Int64, until end: Int64) -> Int64 {
        legs.values.filter { $0.isPaid(by: pool) }.reduce(0) { $0 + $1.cost(until: end) - $1.cost(until: start) }
    }
}

extension Till {
    /// Keeps what is to be written down.
    mutating func collect() {
        written += turn.entries
        turn.entries.removeAll()
    }
}
