// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FraudBench

@Suite("Simulated fraud: no look-ahead")
struct LookAheadTests {
    private static let kinds = AttackKind.allCases

    @Test("What comes after a moment changes nothing that a detector was told before", arguments: kinds)
    func pastIsBlindToFuture(kind: AttackKind) {
        let scenario = Scenario.attacked(kind)
        var random = ScenarioRandom(UInt64(Self.kinds.firstIndex(of: kind) ?? 0))
        let begins = scenario.attack?.begins ?? 0
        for moment in [begins + random.pick(60...7_200), random.pick(1...20 * Calendar.day)] {
            compare(scenario, until: moment) { SpendCap(business: $0, isLive: true) }
            compare(scenario, until: moment) { VelocityDetector(business: $0, rules: .all) }
        }
    }

    private func compare(_ scenario: Scenario, until moment: Instant, make: (Business) -> some Detector) {
        let one = simulated(scenario, Spy(make(scenario.business)))
        let other = simulated(scenario.altered(from: moment), Spy(make(scenario.business)))
        #expect(one.detector.told.prefix { $0.time < moment } == other.detector.told.prefix { $0.time < moment })
        #expect(one.decisions.prefix { $0.time < moment } == other.decisions.prefix { $0.time < moment })
        #expect(one.detector.told != other.detector.told, "the future was not changed at all")
    }

    @Test("A detector is told in the order of time, and of a call only after its attempt")
    func orderOfTime() {
        let told = simulated(.attacked(.weekendBurst), Spy(Rote(tickPeriod: 5))).detector.told
        #expect(zip(told, told.dropFirst()).allSatisfy { $0.time <= $1.time })
        #expect(told.contains { $0.what == "tick" })
    }

    @Test("An attempt does not hold how long its call will be")
    func attemptHoldsNoFuture() {
        var scenario = Scenario.attacked(.chain59)
        let before = simulated(scenario, Spy(Rote(.refuse(.origin)))).detector.told
        for index in scenario.calls.indices {
            (scenario.calls[index].talk, scenario.calls[index].isAnswered) = (9, true)
        }
        let after = simulated(scenario, Spy(Rote(.refuse(.origin)))).detector.told
        #expect(before == after)
    }

    @Test("Ticks come each five seconds while a call is alive, and not otherwise")
    func ticks() {
        let scenario = Scenario(business: .office, attack: nil, seed: 3)
        var lone = scenario
        lone.calls = Array(scenario.calls.filter(\.isAnswered).prefix(1))
        lone.circumstances = []
        let told = simulated(lone, Spy(Rote(tickPeriod: 5))).detector.told
        let times = told.filter { $0.what == "tick" }.map(\.time)
        let (start, call) = (lone.calls[0].start, lone.calls[0])
        let end = start + call.ringing + call.talk
        #expect(times == (1...end).filter { $0 % 5 == 0 && $0 > start && $0 <= end })
    }
}
