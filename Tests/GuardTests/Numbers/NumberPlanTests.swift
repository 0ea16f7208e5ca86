// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Testing

@Suite("Number plan")
struct NumberPlanTests {
    @Test(arguments: [
        ("+493012345678", "DE", NumberClass.geographic), ("+4915112345678", "DE", .mobile),
        ("+498001234567", "DE", .tollFree),
        ("+499001234567", "DE", .premium), ("+447012345678", "GB", .personal), ("+441481256789", "GG", .geographic),
        ("+447781123456", "GG", .mobile), ("+37190012345", "LV", .premium), ("+77123456789", "KZ", .geographic),
        ("+390669812345", "VA", .geographic), ("+35818123456", "AX", .geographic), ("+5352123456", "CU", .mobile),
    ])
    func `every number has a place and a class`(text: String, region: String, numberClass: NumberClass) throws {
        let facts = NumberPlan.facts(of: try number(text))
        #expect(facts.region?.text == region && facts.numberClass == numberClass)
    }

    @Test(arguments: [
        "AG268", "AI264", "AS684", "BB246", "BM441", "BS242", "DM767", "DO809", "DO829", "DO849", "GD473", "GU671",
        "JM658", "JM876",
        "KN869", "KY345", "LC758", "MP670", "MS664", "PR787", "PR939", "SX721", "TC649", "TT868", "VC784", "VG284",
        "VI340",
    ])
    func `the islands of +1 are neither the United States nor Canada`(entry: String) throws {
        let (region, area) = (String(entry.prefix(2)), String(entry.dropFirst(2)))
        let places = try ["2000000", "4612345", "9999999"].compactMap {
            NumberPlan.facts(of: try number("+1\(area)\($0)")).region
        }
        #expect(places.allSatisfy { $0.text == region })
        let home = DialPlan(NumberingSettings(home: Region(parsing: "US")))
        if case .outside(let facts) = home.read("1\(area)4612345") { #expect(facts.region?.text == region) }
    }

    @Test(arguments: [
        ("+870773111632", NumberClass.satellite), ("+881612345678", .satellite), ("+8821612345678", .satellite),
        ("+88213123456", .satellite), ("+8823451234", .internationalNetwork), ("+883510012345", .internationalNetwork),
        ("+878101234567890", .internationalNetwork), ("+88812345678", .internationalNetwork),
        ("+979123456789", .internationalPremium),
        ("+88299999", .internationalNetwork), ("+97900000", .internationalPremium),
    ])
    func `what belongs to no country has a class of its own, whoever has the number`(
        text: String,
        numberClass: NumberClass
    ) throws {
        let facts = NumberPlan.facts(of: try number(text))
        #expect(facts.region == .international && facts.numberClass == numberClass && facts.isHighRisk)
    }

    @Test func `pay-per-call exchanges of North America are premium in every area`() throws {
        #expect(NumberPlan.facts(of: try number("+12129761234")).numberClass == .premium)
        #expect(NumberPlan.facts(of: try number("+12129751234")).numberClass == .geographicOrMobile)
        #expect(NumberPlan.facts(of: try number("+19002345678")).numberClass == .premium)
        #expect(NumberPlan.facts(of: try number("+18009761234")).numberClass == .tollFree)
    }

    @Test(arguments: [
        "+4930", "+999123456789", "+2101234567", "+440201234567", "+1212555012", "+121255501234", "+19991234567",
    ])
    func `a number of no range, or of a length that its range does not have, is unknown`(text: String) throws {
        guard let number = PhoneNumber(parsing: text) else { return #expect(text == "+4930") }
        let facts = NumberPlan.facts(of: number)
        #expect(facts.numberClass == .unknown && facts.region == nil && facts.isHighRisk)
    }

    @Test func `fraud's ranges are found in ordinary countries`() throws {
        #expect(NumberPlan.facts(of: try number("+672106123")).isInFraudRange)
        #expect(!NumberPlan.facts(of: try number("+61291234567")).isHighRisk)
        #expect(try HighRiskRanges.isFrequentTarget(region("CU")) && HighRiskRanges.isFrequentTarget(region("SO")))
        #expect(try !HighRiskRanges.isFrequentTarget(region("DE")) && !HighRiskRanges.isFrequentTarget(.international))
        let letters = Region.all.filter { HighRiskRanges.isFrequentTarget($0) }
        #expect(letters.count == 68)
    }

    @Test func `a business adds ranges, and can only make the plan's own numbers dearer`() throws {
        let ranges = [
            OwnRange(prefix: try prefix("+4930"), meaning: .highRisk),
            OwnRange(prefix: try prefix("+4989"), meaning: .premium),
            OwnRange(prefix: try prefix("+4999"), meaning: .allocated(try region("DE"), .mobile)),
            OwnRange(prefix: try prefix("+49900"), meaning: .allocated(try region("DE"), .geographic)),
            OwnRange(prefix: try prefix("+882"), meaning: .allocated(try region("DE"), .geographic)),
            OwnRange(prefix: try prefix("+5399"), meaning: .allocated(try region("DE"), .geographic)),
            OwnRange(prefix: try prefix("+979"), meaning: .allocated(.international, .tollFree)),
        ]
        func facts(_ text: String) throws -> NumberFacts { NumberPlan.facts(of: try number(text), own: ranges) }
        #expect(try facts("+493012345678").isInFraudRange && facts("+493012345678").numberClass == .geographic)
        #expect(try facts("+498912345678").numberClass == .premium)
        #expect(try NumberPlan.facts(of: number("+4999912345678")).numberClass == .unknown)
        #expect(try facts("+4999912345678").numberClass == .mobile && facts("+4999912345678").region?.text == "DE")
        #expect(try facts("+499001234567").numberClass == .premium)
        #expect(try facts("+8823451234").numberClass == .internationalNetwork)
        #expect(try facts("+5399123456").numberClass == .unknown, "Cuba's code is not Germany's")
        #expect(try facts("+979123456789").numberClass == .internationalPremium)
    }

    @Test func `every region but a handful of rocks can be dialled at home`() throws {
        for region in Region.all {
            let dialling = try #require(CountryDialing(region), "\(region)")
            #expect((1...999).contains(dialling.code) && CountryDialing.regions(ofCode: dialling.code).contains(region))
            #expect(dialling.internationalPrefixes.count <= 40, "\(region)")
        }
        #expect(CountryDialing(.international) == nil)
        #expect(CountryDialing.mainRegion(of: try number("+18765550123"))?.text == "US")
        #expect(CountryDialing.regions(ofCode: 44).map(\.text) == ["GB", "GG", "IM", "JE"])
    }
}

func number(_ text: String) throws -> PhoneNumber { try #require(PhoneNumber(parsing: text), "\(text)") }
func prefix(_ text: String) throws -> NumberPrefix { try #require(NumberPrefix(parsing: text), "\(text)") }
func region(_ text: String) throws -> Region { try #require(Region(parsing: text), "\(text)") }
func digits(_ text: String) throws -> DigitString { try #require(DigitString(parsing: text), "\(text)") }
