// SPDX-License-Identifier: Apache-2.0

/// A detector by name, and how to run a scenario against it.
struct DetectorPlan: Sendable {
    let name: String
    /// The rules it has, each of which a run may leave out.
    let rules: [Rule]
    private let runner: @Sendable (Scenario, RuleSet) -> Outcome

    init<Control: Detector>(
        _ name: String,
        rules: [Rule] = [],
        make: @escaping @Sendable (Business, RuleSet) -> Control
    ) {
        (self.name, self.rules) = (name, rules)
        runner = { scenario, rules in
            var simulation = Simulation(scenario, make(scenario.business, rules))
            simulation.run()
            return simulation.outcome
        }
    }

    func run(_ scenario: Scenario, rules: RuleSet = .all) -> Outcome { runner(scenario, rules) }

    /// Every detector that is compared; the first is the measure of the others.
    static let all = [
        DetectorPlan("no-control") { _, _ in NoControl() },
        DetectorPlan("velocity", rules: [.callRate, .callLimits, .sameNumber]) {
            VelocityDetector(business: $0, rules: $1)
        },
        DetectorPlan("cap-at-hangup") { business, _ in SpendCap(business: business, isLive: false) },
        DetectorPlan("cap-live") { business, _ in SpendCap(business: business, isLive: true) },
        DetectorPlan("allowlist", rules: [.countryDialing, .premiumNumbers]) {
            CountryAllowlist(business: $0, rules: $1)
        },
        DetectorPlan("ringfence", rules: [.spendLimit, .callLimits, .callRate, .afterHours]) {
            RingfenceDetector($0, $1)
        },
        DetectorPlan("ringfence-fitted", rules: [.spendLimit, .callLimits, .callRate, .afterHours]) {
            RingfenceDetector($0, $1, isFitted: true)
        },
    ]
}
