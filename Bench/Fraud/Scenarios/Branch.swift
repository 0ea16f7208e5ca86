// SPDX-License-Identifier: Apache-2.0

/// A branch that a business opens in the second week: phones that were not there, and a country it never called.
struct Branch {
    let opens: Int
    let phones: Range<Int>
    private let country: Country
    private let numbers: [Destination]

    init?(of business: Business, using random: inout ScenarioRandom) {
        guard let code = Self.country(of: business) else { return nil }
        opens = random.pick(8...12)
        let first = business.extensionCount * 3 / 4
        phones = first..<business.extensionCount
        let country = NumberingPlan.country(code)
        numbers = (0..<25).map { _ in country.destination(mobile: random.chance(perMille: 400), using: &random) }
        self.country = country
    }

    /// Where the branch will be; the owner has opened the country, and nobody calls it before.
    static func country(of business: Business) -> String? {
        business.kind == .newBranch ? business.opened.max() : nil
    }

    func isClosed(_ phone: Int, on day: Int) -> Bool { phones.contains(phone) && day < opens }

    func destination(using random: inout ScenarioRandom) -> Destination {
        random.chance(perMille: 800)
            ? numbers[random.usual(below: numbers.count)]
            : country.destination(mobile: random.chance(perMille: 400), using: &random)
    }
}
