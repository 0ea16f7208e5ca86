// SPDX-License-Identifier: Apache-2.0

/// What a detector did to people who did nothing wrong.
struct LegitimateFigures {
    private let outcomes: [Outcome]
    private let calls: Int

    init(_ outcomes: [Outcome]) {
        self.outcomes = outcomes
        calls = outcomes.reduce(0) { $0 + $1.legitimate.calls }
    }

    var callCount: Int { calls }
    var refusedByPolicy: Double { per100000(\.refusedByPolicy) }
    var refusedByRules: Double { per100000(\.refusedByRules) }
    var cut: Double { per100000(\.cut) }
    var asked: Double { per100000(\.asked) }

    /// A business-month is the four weeks.
    var falseAlerts: Double {
        outcomes.isEmpty ? 0 : Double(outcomes.reduce(0) { $0 + $1.falseAlerts }) / Double(outcomes.count)
    }

    /// Rules with the calls each refused or cut, most first.
    var hits: [(rule: Rule, calls: Int)] {
        var sums: [Rule: Int] = [:]
        for outcome in outcomes { sums.merge(outcome.legitimate.hits) { $0 + $1 } }
        let pairs = sums.map { (rule: $0.key, calls: $0.value) }
        return pairs.sorted { ($1.calls, $0.rule.rawValue) < ($0.calls, $1.rule.rawValue) }
    }

    private func per100000(_ count: KeyPath<Outcome.Legitimate, Int>) -> Double {
        let sum = outcomes.reduce(0) { $0 + $1.legitimate[keyPath: count] }
        return calls == 0 ? 0 : 100_000 * Double(sum) / Double(calls)
    }
}
