// SPDX-License-Identifier: Apache-2.0

/// Numbers that are neither fixed nor mobile. Prefixes as in ``NumberingPlan``; prices are assumptions.
struct SpecialRange {
    let country: String
    let numberClass: NumberClass
    let callingCode: String
    let prefix: String
    let length: Int
    let minute: Money

    init(_ country: String, _ numberClass: NumberClass, _ code: String, _ prefix: String, _ length: Int, _ millis: Int)
    {
        (self.country, self.numberClass, callingCode, self.prefix) = (country, numberClass, code, prefix)
        (self.length, minute) = (length, Money(millis: millis))
    }

    static let all = [
        SpecialRange("GB", .premium, "44", "909", 10, 1_550), SpecialRange("GB", .premium, "44", "871", 10, 130),
        SpecialRange("GB", .personal, "44", "70", 10, 620), SpecialRange("GB", .tollFree, "44", "800", 10, 0),
        SpecialRange("DE", .premium, "49", "9001", 10, 1_990), SpecialRange("DE", .shared, "49", "1805", 11, 140),
        SpecialRange("DE", .tollFree, "49", "800", 10, 0),
        SpecialRange("FR", .premium, "33", "899", 9, 800), SpecialRange("FR", .shared, "33", "884", 9, 60),
        SpecialRange("FR", .tollFree, "33", "800", 9, 0),
        SpecialRange("NL", .premium, "31", "906", 7, 900), SpecialRange("NL", .tollFree, "31", "800", 7, 0),
        SpecialRange("US", .premium, "1", "9002", 10, 1_990), SpecialRange("US", .tollFree, "1", "800254", 10, 0),
        SpecialRange("LV", .premium, "371", "90", 8, 1_650), SpecialRange("LV", .shared, "371", "81", 8, 610),
        SpecialRange("001", .satellite, "881", "6", 9, 6_900), SpecialRange("001", .satellite, "882", "16", 10, 4_900),
        SpecialRange("001", .satellite, "870", "773", 9, 5_900),
        SpecialRange("001", .internationalNetwork, "883", "5100", 12, 1_900),
        SpecialRange("001", .premium, "979", "1", 9, 2_900),
    ]

    static func of(_ numberClass: NumberClass, in country: String) -> [SpecialRange] {
        all.filter { $0.numberClass == numberClass && $0.country == country }
    }

    var price: Price { Price(setup: .zero, minute: minute, firstIncrement: 60, nextIncrement: 60) }

    func destination(using random: inout ScenarioRandom) -> Destination {
        var digits = callingCode + prefix
        for _ in prefix.utf8.count..<length { digits.append(String(random.pick(0...9))) }
        return Destination(digits: digits, country: country, numberClass: numberClass, price: price)
    }
}
