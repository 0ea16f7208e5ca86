// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Model
import Primitives
import TestKit

/// What the money of a call costs the processor: a price, a reservation with an extension and a settlement, a refusal, and the memory
/// of ten thousand legs. Only the allocations of a refusal and of a price are gates: there are none.
func ledgerBenchmark() -> Bool {
    guard let office = BenchOffice() else { return false }
    // First, while little memory is free that they could take unseen.
    office.ticks()
    let refused = office.refusals()
    let priced = office.prices()
    office.calls()
    return refused && priced
}

private struct BenchOffice {
    let deck: RateDeck
    let number: PhoneNumber
    let payer: Payer
    let price: PricedCall

    init?() {
        guard let deck = Self.deck(lines: 100_000), let number = PhoneNumber(parsing: "+4915712345678"),
            let own = ExtensionNumber(parsing: "201"), let trunk = ShortName(parsing: "main"),
            case .priced(let price) = SpendRules.price(
                number,
                isInternational: true,
                by: deck,
                at: WallTime(milliseconds: 1)
            )
        else { return nil }
        (self.deck, self.number, self.price) = (deck, number, price)
        payer = Payer(extension: own, group: ShortName(parsing: "sales"), trunk: trunk)
    }

    /// A hundred thousand prefixes of seven digits, and one for everything.
    private static func deck(lines: Int) -> RateDeck? {
        guard let name = ShortName(parsing: "bench") else { return nil }
        var random = SplitMix(1)
        var rates: [DeckRate] = []
        for line in 0..<lines {
            let value = line < 9 ? UInt64(line + 1) : UInt64(1_000_000 + line * 89)
            guard let prefix = NumberPrefix(value: value),
                let tariff = Tariff(
                    perMinute: Money(clamping: Int64.random(in: 1...200_000, using: &random)),
                    increments: .seconds
                ),
                let rate = DeckRate(prefix: prefix, destination: "Place \(line % 900)", tariff: tariff)
            else { return nil }
            rates.append(rate)
        }
        return RateDeck(id: name, version: 1, currency: .eur, rates: rates)
    }

    private func moment(_ milliseconds: Int) -> LedgerMoment {
        LedgerMoment(
            now: MonotonicTime(nanoseconds: UInt64(milliseconds) * 1_000_000 + 1),
            wall: WallTime(milliseconds: 1_800_000_000_000 + Int64(milliseconds)),
            isOpen: true
        )
    }

    /// With room for everything, or for nothing.
    private func ledger(rich: Bool) -> Ledger? {
        var settings = SpendSettings()
        let most = rich ? Money.largest : .zero
        guard let limits = SpendLimits(hour: most, day: most, week: most) else { return nil }
        settings.ask(
            for: CeilingRaise(to: limits, request: .init(by: .init(name: "a", user: 1), at: .init(milliseconds: 0)))
        )
        settings.agree(by: LocalAccount(name: "b", user: 2), at: WallTime(milliseconds: 1))
        (settings.extensionLimits, settings.businessLimits, settings.sharedLimits) = (limits, limits, limits)
        settings.perCall = .largest
        return Ledger(settings: settings, at: moment(0))
    }

    func refusals() -> Bool {
        guard var ledger = ledger(rich: false) else { return false }
        var turn = LedgerTurn()
        var refused = 0
        func run(_ count: Int) {
            for charge in 0..<count {
                if case .refused = ledger.reserve(ChargeID(UInt64(charge)), for: payer, at: price, in: moment(5), &turn)
                {
                    refused += 1
                }
            }
        }
        let made = allocations { run(1_000) }
        print("ledger, refusal: \(nanoseconds(200_000, run)) ns, \(made) allocations in 1,000 (\(refused) refused)")
        return made == 0
    }

    func prices() -> Bool {
        var random = SplitMix(9)
        let numbers = (0..<4_096).compactMap { _ in
            PhoneNumber(value: UInt64.random(in: 10_000_000_000...99_999_999_999, using: &random))
        }
        var rated = 0
        func run(_ count: Int) {
            for call in 0..<count {
                let number = numbers[call & 4_095]
                if case .priced = SpendRules.price(
                    number,
                    isInternational: true,
                    by: deck,
                    at: WallTime(milliseconds: 1)
                ) {
                    rated += 1
                }
            }
        }
        let made = allocations { run(1_000) }
        print(
            "ledger, price of a number among \(deck.count): \(nanoseconds(400_000, run)) ns, \(made) allocations in 1,000 (\(rated) rated)"
        )
        return made == 0
    }

    /// Reserve, answer, three slices, settle.
    func calls() {
        guard var ledger = ledger(rich: true) else { return }
        var turn = LedgerTurn()
        var clock = 0
        func run(_ count: Int) {
            for _ in 0..<count {
                let charge = ChargeID(UInt64(clock))
                _ = ledger.reserve(charge, for: payer, at: price, in: moment(clock), &turn)
                _ = ledger.answer(charge, in: moment(clock + 1), &turn)
                for tick in 1...3 { ledger.tick(moment(clock + tick * 10_000), &turn) }
                ledger.settle(charge, endedAt: moment(clock + 30_001).now, in: moment(clock + 30_001), &turn)
                clock += 30_002
                turn.removeAll()
            }
        }
        run(100)
        let made = threadAllocations()
        run(1_000)
        let each = Double(threadAllocations() - made) / 1_000
        print("ledger, reserve + answer + 3 slices + settle: \(nanoseconds(50_000, run)) ns, \(each) allocations")
    }

    /// Ten thousand legs that all run: their memory, and a tick.
    func ticks() {
        guard var ledger = ledger(rich: true) else { return }
        let before = residentBytes()
        var turn = LedgerTurn()
        for charge in 0..<10_000 {
            _ = ledger.reserve(ChargeID(UInt64(charge + 1)), for: payer, at: price, in: moment(charge), &turn)
            _ = ledger.answer(ChargeID(UInt64(charge + 1)), in: moment(charge), &turn)
            turn.removeAll()
        }
        print("ledger, 10,000 legs: \((residentBytes() - before) / 1_024) KiB")
        var (clock, slices) = (10_000, 0)
        func run(_ count: Int) {
            for _ in 0..<count {
                clock += 1_000
                ledger.tick(moment(clock), &turn)
                slices += turn.entries.count
                turn.removeAll()
            }
        }
        run(20)
        slices = 0
        let each = nanoseconds(100, run)
        print("ledger, a tick of 10,000 legs: \(each / 1_000) us, \(slices / 100) slices")
    }
}

private func nanoseconds(_ count: Int, _ body: (Int) -> Void) -> Int {
    body(count / 20 + 1)
    let start = ContinuousClock.now
    body(count)
    let elapsed = start.duration(to: .now).components
    return Int((Double(elapsed.seconds) * 1e9 + Double(elapsed.attoseconds) / 1e9) / Double(count))
}

private func residentBytes() -> Int {
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4_096 : 0
}
