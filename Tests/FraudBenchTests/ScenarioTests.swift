// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FraudBench

@Suite("Simulated fraud: scenarios")
struct ScenarioTests {
    @Test("A seed gives the same scenario each time, and another seed another one")
    func determinism() {
        let world = World(seed: 5)
        for index in [15, 25, 35] {
            let (one, other) = (world.scenario(index), World(seed: 5).scenario(index))
            #expect(text(one) == text(other))
            #expect(text(one) != text(World(seed: 6).scenario(index)))
        }
    }

    @Test("Seed 1 is on this machine what it was where the scenarios were frozen")
    func pinned() {
        let outcome = simulated(World(seed: 1).scenario(16), NoControl()).outcome
        #expect(outcome.legitimate.calls == 750)
        #expect(outcome.legitimate.cost.micros == 42_511_003)
    }

    @Test("A run gives the same decisions each time", arguments: [true, false])
    func runsAreEqual(isLive: Bool) {
        let scenario = Scenario.attacked(.spread)
        let runs = (0..<2).map { _ in simulated(scenario, SpendCap(business: scenario.business, isLive: isLive)) }
        #expect(runs[0].decisions == runs[1].decisions)
        #expect(runs[0].outcome.attack?.loss == runs[1].outcome.attack?.loss)
    }

    @Test("Every attack is made in both reaches, in businesses of their own that it fits", arguments: 1...20)
    func attacksAreDealt(seed: Int) {
        let world = World(seed: seed)
        let dealt = world.attacks.compactMap { $0 }
        #expect(dealt.count >= 25)
        #expect(Set(dealt.map { "\($0.kind) \($0.reach)" }).count == dealt.count)
        for (business, attack) in zip(world.businesses, world.attacks) {
            #expect(attack.map { $0.kind.fits(business, $0.reach) } ?? true)
        }
    }

    @Test(
        "Numbers of a closed reach are not permitted by the owner; those of an opened one are",
        arguments: AttackKind.allCases
    )
    func reaches(kind: AttackKind) {
        for seed in 1...4 as ClosedRange<UInt64> {
            for reach in Reach.allCases {
                let scenario = Scenario.attacked(kind, reach, seed: seed).withoutPeople()
                let calls = simulated(scenario, NoControl()).calls
                #expect(calls.allSatisfy { scenario.business.permits($0.planned.destination) == (reach == .opened) })
                #expect(!calls.isEmpty || kind == .wangiri)
            }
        }
    }

    @Test("Every number has the digits of E.164")
    func numbers() {
        var random = ScenarioRandom(9)
        #expect(NumberingPlan.countries.count == NumberingPlan.rows.split(separator: "\n").count)
        for country in NumberingPlan.countries {
            #expect(!country.fixed.isEmpty && !country.mobile.isEmpty)
            for isMobile in [true, false] {
                let digits = country.destination(mobile: isMobile, using: &random).digits
                #expect(digits.hasPrefix(country.callingCode) && (8...15).contains(digits.utf8.count), "\(digits)")
                #expect(digits.utf8.allSatisfy { (48...57).contains($0) })
            }
        }
    }

    @Test(
        "A business keeps what it is: calls lie in the four weeks, and mostly in its hours",
        arguments: BusinessKind.allCases
    )
    func populations(kind: BusinessKind) throws {
        let world = World(seed: 2)
        let index = try #require(world.businesses.firstIndex { $0.kind == kind })
        let scenario = Scenario(business: world.businesses[index], attack: nil, seed: 2)
        let hours = scenario.business.hours
        // Faxes go out in the evening.
        #expect(scenario.calls.count > 200)
        #expect(scenario.calls.allSatisfy { (0..<Calendar.end).contains($0.start) })
        #expect(scenario.calls.allSatisfy { (0..<scenario.business.extensionCount).contains($0.payer) })
        #expect(zip(scenario.calls, scenario.calls.dropFirst()).allSatisfy { $0.start <= $1.start })
        #expect(
            scenario.calls.count { hours.isOpen(at: $0.start) } * 10 > scenario.calls.count
                * (kind == .faxBursts ? 4 : 7)
        )
    }

    @Test("What is due comes by time, and in the order of asking where times are the same")
    func queue() {
        var (queue, random) = (EventQueue(), ScenarioRandom(4))
        var asked: [(time: Int, number: Int)] = []
        for number in 0..<500 {
            let time = random.pick(0...60)
            asked.append((time, number))
            queue.add(.end(number), at: time)
        }
        var taken: [Int] = []
        while case .end(let number)? = queue.take() { taken.append(number) }
        #expect(taken == asked.sorted { ($0.time, $0.number) < ($1.time, $1.number) }.map(\.number))
        #expect(queue.nextTime == nil)
    }

    @Test("A range of consecutive numbers stays in its range")
    func ranges() {
        var random = ScenarioRandom(1)
        let model = NumberingPlan.country("SO").destination(mobile: true, using: &random)
        let range = LeasedRange(around: model, using: &random)
        let prefix = model.digits.dropLast(4)
        for offset in 0..<50 {
            let digits = [range.destination(using: &random).digits, range.destination(at: offset).digits]
            #expect(digits.allSatisfy { $0.hasPrefix(prefix) && $0.utf8.count == model.digits.utf8.count })
        }
    }

    private func text(_ scenario: Scenario) -> [String] {
        scenario.calls.map { "\($0)" } + scenario.circumstances.map { "\($0)" }
            + (scenario.attack?.lines.map { "\($0.windows) \($0.payers)" } ?? [])
    }
}
