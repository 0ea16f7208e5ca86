// SPDX-License-Identifier: Apache-2.0

public import Model

/// What the number plan says about a number.
public struct NumberFacts: Hashable, Sendable {
    public let number: PhoneNumber
    /// Where the number is; `nil` for a number of no known range.
    public let region: Region?
    public let numberClass: NumberClass
    /// Whether it lies in a range of `HighRiskRanges` or one that the business added: refused at home, and in countries that are
    /// open without such ranges.
    public let isInFraudRange: Bool
    /// Whether people of its country dial it without the national prefix, as 1300 123456 in Australia.
    public let isDialledBare: Bool

    init(
        _ number: PhoneNumber,
        _ region: Region?,
        _ numberClass: NumberClass,
        inRange isInFraudRange: Bool,
        isBare: Bool = false
    ) {
        (self.number, self.region, self.numberClass) = (number, region, numberClass)
        (self.isInFraudRange, isDialledBare) = (isInFraudRange, isBare)
    }

    /// Whether fraud goes there even in ordinary countries: a range that it uses, or a class that is neither landline, mobile nor
    /// toll-free.
    public var isHighRisk: Bool { isInFraudRange || !numberClass.isOrdinary }
}

extension NumberClass {
    /// What people call every day, at the price of the country.
    var isOrdinary: Bool {
        switch self {
        case .geographic, .mobile, .geographicOrMobile, .tollFree: true
        case .sharedCost, .premium, .personal, .pager, .universalAccess, .voip, .voicemail, .satellite,
            .internationalNetwork, .internationalPremium, .unknown:
            false
        }
    }
}
