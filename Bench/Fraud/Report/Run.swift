// SPDX-License-Identifier: Apache-2.0

/// A detector with some rules, and what came of all its scenarios.
struct Run {
    let name: String
    let plan: DetectorPlan
    let rules: RuleSet
    /// Whether no rule was left out.
    var isWhole: Bool { rules == .all }
    /// For each seed the outcome of each business.
    var outcomes: [[Outcome]] = []

    init(_ plan: DetectorPlan, without rule: Rule? = nil) {
        (self.plan, rules) = (plan, rule.map { RuleSet.all.without($0) } ?? .all)
        name = rule.map { "\(plan.name) without \($0)" } ?? plan.name
    }

    /// Runs all of `runs` over the scenarios of `seeds`; each scenario is made once.
    static func all(_ runs: [Run], seeds: ClosedRange<Int>, progress: (Int) -> Void) -> [Run] {
        var runs = runs
        for seed in seeds {
            let world = World(seed: seed)
            for index in runs.indices { runs[index].outcomes.append([]) }
            for business in world.businesses.indices {
                let scenario = world.scenario(business)
                for index in runs.indices {
                    let outcome = runs[index].plan.run(scenario, rules: runs[index].rules)
                    runs[index].outcomes[runs[index].outcomes.count - 1].append(outcome)
                }
            }
            progress(seed)
        }
        return runs
    }
}
