// SPDX-License-Identifier: Apache-2.0

extension Business {
    static let homes = ["GB", "GB", "DE", "FR", "NL", "US"]

    /// A business of `kind` with a size, a home, countries and hours of its own.
    init(index: Int, kind: BusinessKind, random seed: ScenarioRandom) {
        var random = seed
        let traits = KindTraits.of(kind)
        let home = random.pick(Self.homes)
        let seats = random.pick(traits.seats)
        let pool = random.mixed(traits.pool.filter { $0 != home })
        self.init(
            index: index,
            kind: kind,
            home: home,
            extensionCount: seats,
            hours: Self.hours(traits),
            opened: Set(pool.prefix(random.pick(traits.opened))),
            classes: Self.classes(kind, using: &random),
            roster: Self.roster(kind, seats: seats, using: &random),
            hasProgram: traits.programPerMille > 0 || kind == .faxBursts,
            hasCallbackForm: random.chance(perMille: 200),
            allowsDialThrough: random.chance(perMille: 150),
            forwardsAbroad: random.chance(perMille: 250)
        )
    }

    private static func hours(_ traits: KindTraits) -> OpeningHours {
        OpeningHours(
            weekdays: traits.hours,
            saturday: traits.saturday,
            sunday: traits.sunday,
            holidays: traits.keepsHolidays ? Calendar.holidays : []
        )
    }

    private static func classes(_ kind: BusinessKind, using random: inout ScenarioRandom) -> Set<NumberClass> {
        let isAfield = kind == .charity && random.chance(perMille: 400)
        return isAfield ? [.fixed, .mobile, .tollFree, .shared, .satellite] : [.fixed, .mobile, .tollFree, .shared]
    }

    /// Who may call abroad at night: all of those who work then, and a fifth of the others.
    private static func roster(_ kind: BusinessKind, seats: Int, using random: inout ScenarioRandom) -> Set<Int> {
        switch kind {
        case .hotel, .shop24, .salesTeam, .charity, .consultancy: Set(0..<seats)
        case .office, .callCentre, .seasonal, .newBranch, .portIn, .faxBursts, .conferences:
            Set((0..<seats).filter { _ in random.chance(perMille: 200) })
        }
    }
}
