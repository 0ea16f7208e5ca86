// SPDX-License-Identifier: Apache-2.0

/// The numbers that a business calls again and again.
struct Contacts {
    private(set) var home: [Destination] = []
    /// Countries abroad, the most usual first, with the numbers there.
    private(set) var abroad: [(country: Country, numbers: [Destination])] = []
    private let mobilePerMille: Int

    init(of business: Business, mobilePerMille: Int, using random: inout ScenarioRandom) {
        self.mobilePerMille = mobilePerMille
        let country = NumberingPlan.country(business.home)
        for _ in 0..<(60 + business.extensionCount * 8) {
            home.append(country.destination(mobile: random.chance(perMille: mobilePerMille), using: &random))
        }
        let known = business.opened.filter { $0 != Branch.country(of: business) }
        for code in random.mixed(known.sorted()) { addAbroad(NumberingPlan.country(code), using: &random) }
    }

    private mutating func addAbroad(_ country: Country, using random: inout ScenarioRandom) {
        let numbers = (0..<random.pick(6...40)).map { _ in
            country.destination(mobile: random.chance(perMille: mobilePerMille), using: &random)
        }
        abroad.append((country, numbers))
    }

    /// Somebody at home: a usual number, or one in six times one that was never called.
    func atHome(_ business: Business, using random: inout ScenarioRandom) -> Destination {
        if random.chance(perMille: 835) { return home[random.usual(below: home.count)] }
        let isMobile = random.chance(perMille: mobilePerMille)
        return NumberingPlan.country(business.home).destination(mobile: isMobile, using: &random)
    }

    /// Somebody abroad; two in 1,000 in a country that nobody has opened.
    func somewhereAbroad(using random: inout ScenarioRandom) -> Destination {
        let isMobile = random.chance(perMille: mobilePerMille)
        if random.chance(perMille: 2) || abroad.isEmpty {
            return random.pick(NumberingPlan.countries).destination(mobile: isMobile, using: &random)
        }
        let (country, numbers) = abroad[random.usual(below: abroad.count)]
        if random.chance(perMille: 880) { return numbers[random.usual(below: numbers.count)] }
        return country.destination(mobile: isMobile, using: &random)
    }
}
