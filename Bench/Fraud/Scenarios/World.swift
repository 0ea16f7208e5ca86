// SPDX-License-Identifier: Apache-2.0

/// The sixty businesses of a seed, and which of them are attacked how.
struct World {
    static let perKind = 5
    static let trainSeeds = 1...20
    /// Run once for a release, after everything is tuned.
    static let testSeeds = 101...200

    let seed: Int
    let businesses: [Business]
    /// For each business its attack, if there is one: each attack once in each reach, in businesses of their own.
    let attacks: [(kind: AttackKind, reach: Reach)?]

    init(seed: Int) {
        self.seed = seed
        let random = ScenarioRandom(UInt64(seed)).stream(-1)
        let kinds = BusinessKind.allCases.flatMap { Array(repeating: $0, count: Self.perKind) }
        let businesses = kinds.enumerated().map { Business(index: $0, kind: $1, random: random.stream($0)) }
        self.businesses = businesses
        var dealer = random.stream(1_000)
        attacks = Self.deal(to: businesses, using: &dealer)
    }

    func scenario(_ index: Int) -> Scenario {
        Scenario(
            business: businesses[index],
            attack: attacks[index],
            seed: UInt64(seed) &* 1_000_003 &+ UInt64(index)
        )
    }

    private static func deal(
        to businesses: [Business],
        using random: inout ScenarioRandom
    ) -> [(kind: AttackKind, reach: Reach)?] {
        var attacks = [(kind: AttackKind, reach: Reach)?](repeating: nil, count: businesses.count)
        var free = random.mixed(Array(businesses.indices))
        for kind in AttackKind.allCases {
            for reach in Reach.allCases {
                guard let place = free.firstIndex(where: { kind.fits(businesses[$0], reach) }) else { continue }
                attacks[free.remove(at: place)] = (kind, reach)
            }
        }
        return attacks
    }
}
