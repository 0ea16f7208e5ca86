// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FraudBench

@Suite("Simulated fraud: what Ringfence is compared with")
struct DetectorTests {
    private static let somalia = Destination(
        digits: "25271123456",
        country: "SO",
        numberClass: .mobile,
        price: Price(setup: .zero, minute: Money(millis: 600), firstIncrement: 60, nextIncrement: 60)
    )

    private func attempt(_ id: CallID, _ destination: Destination = somalia) -> Attempt {
        let origin = Origin(device: 1, address: 0, country: "DE")
        return Attempt(id: id, payer: 1, destination: destination, route: .dialled, origin: origin)
    }

    private func number(_ index: Int) -> Destination {
        var destination = Self.somalia
        destination.digits += String(index)
        return destination
    }

    @Test("Velocity refuses the sixth call of a minute, and counts a new day from nothing")
    func velocity() {
        var detector = VelocityDetector(business: .office, rules: .all)
        let verdicts = (0..<6).map { detector.attempt(attempt($0, number($0)), at: 100 + $0) }
        #expect(verdicts == Array(repeating: .allow, count: 5) + [.refuse(.callRate)])
        var daily = VelocityDetector(business: .office, rules: .all)
        let calls = (0..<31).map { daily.attempt(attempt($0, number($0)), at: 2_000 * $0 + 100) }
        #expect(calls.last == .refuse(.callLimits) && calls.dropLast().allSatisfy { $0 == .allow })
        #expect(daily.attempt(attempt(32, number(1)), at: Calendar.day + 1) == .allow)
    }

    @Test("A rule that is left out refuses nothing")
    func ablation() {
        var detector = VelocityDetector(business: .office, rules: RuleSet.all.without(.callRate))
        let verdicts = (0..<9).map { detector.attempt(attempt($0, number($0)), at: 100 + $0) }
        #expect(verdicts.allSatisfy { $0 == .allow })
    }

    @Test("A cap at hang-up knows nothing of a running call; a live cap ends it within a tick of the limit")
    func caps() {
        var (late, live) = (SpendCap(business: .office, isLive: false), SpendCap(business: .office, isLive: true))
        // Saturday: three euros are five minutes.
        let start = 5 * Calendar.day
        #expect(late.attempt(attempt(0), at: start) == .allow && live.attempt(attempt(0), at: start) == .allow)
        late.answered(0, at: start)
        live.answered(0, at: start)
        var cuts: [Cut] = []
        for moment in stride(from: start + 5, through: start + 240, by: 5) { live.tick(at: moment, ending: &cuts) }
        #expect(cuts.isEmpty)
        live.tick(at: start + 245, ending: &cuts)
        #expect(cuts == [Cut(call: 0, rule: .spendLimit)])
        #expect(late.attempt(attempt(1), at: start + 9_000) == .allow)
        late.ended(0, at: start + 9_001)
        #expect(late.attempt(attempt(2), at: start + 9_002) == .refuse(.spendLimit))
        #expect(late.attempt(attempt(3), at: start + 9_002 + Calendar.day) == .allow)
    }

    @Test("An allowlist refuses closed countries and classes, and nothing at home")
    func allowlist() {
        var detector = CountryAllowlist(business: .office, rules: .all)
        var random = ScenarioRandom(1)
        #expect(detector.attempt(attempt(0), at: 0) == .refuse(.countryDialing))
        let paris = NumberingPlan.country("FR").destination(mobile: false, using: &random)
        #expect(detector.attempt(attempt(1, paris), at: 0) == .allow)
        let premium = SpecialRange.of(.premium, in: "DE")[0].destination(using: &random)
        #expect(detector.attempt(attempt(2, premium), at: 0) == .refuse(.premiumNumbers))
    }

    @Test("Ringfence's own rules: a closed country, the third call at a time, and the budget of a day")
    func ringfence() {
        var detector = RingfenceDetector(.office, .all)
        let start = 10 * Calendar.hour
        #expect(detector.attempt(attempt(0), at: start) == .refuse(.countryDialing))
        var random = ScenarioRandom(1)
        let home = NumberingPlan.country("DE").destination(mobile: true, using: &random)
        let verdicts = (1...3).map { detector.attempt(attempt($0, home), at: start + $0 * 5) }
        #expect(verdicts == [.allow, .allow, .refuse(.callLimits)])
        for call in 1...2 { detector.answered(call, at: start + 20) }
        var cuts: [Cut] = []
        for moment in stride(from: start + 25, through: start + 20_000, by: 5) {
            detector.tick(at: moment, ending: &cuts)
        }
        #expect(Set(cuts.map(\.call)) == [1, 2] && cuts.allSatisfy { $0.rule == .spendLimit })
    }

    @Test("Figures: the mean, the spread and the percentiles of a sample")
    func statistics() {
        let statistics = Statistics([4, 1, 3, 2])
        #expect(statistics.mean == 2.5 && statistics.greatest == 4)
        #expect(statistics.percentile(50) == 2 && statistics.percentile(95) == 4)
        #expect(abs(statistics.spread - 1.290_994) < 0.000_01)
        #expect(Statistics([]).percentile(50) == 0 && Statistics([7]).spread == 0)
    }

    @Test("Every line of the report that heads figures says that they are simulated")
    func report() {
        let plans = Array(DetectorPlan.all.prefix(2))
        var runs = plans.map { Run($0) }
        for index in runs.indices {
            runs[index].outcomes = [[plans[index].run(.attacked(.wangiri))], [plans[index].run(.quiet)]]
        }
        let lines = FraudReport(seeds: 1...2, runs: runs).lines()
        let heads = lines.filter {
            ["loss%", "policy", "euros", "per 100,000", "refused or cut"].contains(where: $0.contains)
        }
        #expect(heads.count >= 4)
        #expect(heads.allSatisfy { $0.contains("simulated") })
    }
}
