// SPDX-License-Identifier: Apache-2.0

/// The four weeks of one business: what its people do, and what an attacker does, if there is one.
struct Scenario {
    var business: Business
    /// By time.
    var calls: [PlannedCall]
    /// By time.
    var circumstances: [Circumstance]
    var attack: Attack?

    /// - Parameter attack: `nil` for a quiet month.
    init(business: Business, attack: (kind: AttackKind, reach: Reach)?, seed: UInt64) {
        var population = Population(business: business, random: ScenarioRandom(seed).stream(1))
        self.business = business
        self.business.lastMonth = population.lastMonth(random: ScenarioRandom(seed).stream(3))
        population.live()
        calls = population.calls.sorted { $0.start < $1.start }
        circumstances = population.circumstances
        if let attack {
            var author = AttackAuthor(
                business: self.business,
                reach: attack.reach,
                contacts: population.contacts,
                random: ScenarioRandom(seed).stream(2)
            )
            let written = author.write(attack.kind)
            circumstances += author.circumstances
            self.attack = written
        }
        circumstances.sort { $0.time < $1.time }
    }
}
