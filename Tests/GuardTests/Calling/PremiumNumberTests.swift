// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control premium-numbers")
struct PremiumNumberTests {
    @Test(arguments: Called.paid, DialingWay.allCases)
    func `who is called is never paid, at home or in open countries`(text: String, way: DialingWay) throws {
        var shop = try Shop()
        try open(&shop)
        #expect(try shop.decide(text, way).reason == .notApproved)
    }

    @Test(arguments: Called.paid)
    func `one number is approved for a time, to dial and not to send calls to`(text: String) throws {
        var shop = try Shop()
        try open(&shop)
        try shop.approve(text)
        for way in DialingWay.allCases {
            #expect(try shop.decide(text, way).reason == (way.isOnward ? .notOnward : nil), "\(way)")
        }
        #expect(try shop.decide(text, after: .seconds(86_400)).reason == .notApproved)
        let neighbour = String(text.dropLast()) + (text.hasSuffix("0") ? "1" : "0")
        #expect(try shop.decide(neighbour).reason == .notApproved)
    }

    @Test(arguments: Called.never, DialingWay.allCases)
    func `satellites, networks and premium of no country are reached by no setting`(
        text: String,
        way: DialingWay
    ) throws {
        var shop = try Shop()
        try open(&shop)
        try shop.approve(text)
        #expect(shop.settings.put(try shop.release(.region(.international))))
        #expect(shop.settings.put(try shop.release(.prefix(try prefix(String(text.prefix(4)))))))
        #expect(
            shop.settings.put(
                OwnRange(prefix: try prefix(String(text.prefix(4))), meaning: .allocated(try region("DE"), .mobile))
            )
        )
        #expect(try shop.decide(text, way).reason == .never)
    }

    @Test(arguments: Called.unknown)
    func `nor is a number that nobody can have`(text: String) throws {
        var shop = try Shop()
        try open(&shop)
        try shop.approve(text)
        #expect(try shop.decide(text).reason == .unknownNumber)
    }

    @Test func `what a business marks as fraud's or as premium is refused at home too`() throws {
        var shop = try Shop()
        try open(&shop)
        #expect(shop.settings.put(OwnRange(prefix: try prefix("+4930"), meaning: .highRisk)))
        #expect(shop.settings.put(OwnRange(prefix: try prefix("+4989"), meaning: .premium)))
        #expect(try shop.decide("+493012345678").reason == .highRisk(region("DE")))
        #expect(try shop.decide("+498912345678").reason == .notApproved && shop.decide("+494012345678").isAllowed)
    }

    @Test func `a freephone number of no country is a country to open like any`() throws {
        var shop = try Shop()
        #expect(try shop.decide("+80012345678").reason == .countryClosed(.international))
        shop.settings.rights.countries[.international] = CountryRule(.open)
        #expect(try shop.decide("+80012345678").isAllowed && shop.decide("+80812345678").reason == .notApproved)
    }

    @Test func `every setting at its widest opens no number of more than 100,000 that is paid or of no country`() throws
    {
        var shop = try Shop()
        try open(&shop)
        var generator = SystemRandomNumberGenerator()
        let codes = [49, 44, 1, 371, 39, 979, 870, 881, 882, 883, 878, 888, 808, 61, 33].map(UInt64.init)
        for _ in 0..<100_000 {
            let code = codes.randomElement(using: &generator) ?? 49
            let value = code * 1_000_000_000 + UInt64.random(in: 0..<1_000_000_000, using: &generator)
            guard let number = PhoneNumber(value: value) else { continue }
            let facts = NumberPlan.facts(of: number)
            let verdict = DialingRules.decide(facts, .dialled, by: nil, in: shop.settings, at: shop.noon)
            let isPaid = [
                .premium, .sharedCost, .personal, .satellite, .internationalNetwork, .internationalPremium, .unknown,
            ]
            .contains(facts.numberClass)
            #expect(verdict.isAllowed != isPaid, "\(number)")
        }
    }

    /// Everything that an owner can open.
    private func open(_ shop: inout Shop) throws {
        for region in Region.all + [.international] { shop.settings.rights.countries[region] = CountryRule(.open) }
        for numberClass in NumberClass.allCases { shop.settings.rights.classes[numberClass] = .allow }
        shop.settings.rights.onwardClasses = Set(NumberClass.allCases)
        shop.settings.rights.onwardCountries = Set(Region.all + [.international])
    }
}
