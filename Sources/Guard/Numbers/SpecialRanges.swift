// SPDX-License-Identifier: Apache-2.0

import Model

/// Classes that libphonenumber does not tell apart. They win over whatever it says, and over what a business adds.
///
/// Sources: ITU-T E.164 list of assigned codes (870, 878, 881, 882, 883, 888, 979) and E.164.1; operators of 882 by the
/// same list; 976 by the North American plan, where it is an exchange of pay-per-call numbers in any area.
enum SpecialRanges {
    /// - Parameter known: The class by the plan; `nil` where it has no such number.
    static func numberClass(of number: PhoneNumber, otherwise known: NumberClass?) -> NumberClass? {
        switch number.leading(3) {
        case 870, 881: .satellite
        // EMSAT and Thuraya.
        case 882: number.leading(5) == 88_213 || number.leading(5) == 88_216 ? .satellite : .internationalNetwork
        case 878, 883, 888: .internationalNetwork
        case 979: .internationalPremium
        case 100...199: known == .geographicOrMobile && isPayPerCall(number) ? .premium : nil
        default: nil
        }
    }

    /// Numbers of those ranges that nobody has are still of no country.
    static func region(of number: PhoneNumber) -> Region? { number.leading(1) == 1 ? nil : .international }

    /// +1 NPA 976 XXXX.
    private static func isPayPerCall(_ number: PhoneNumber) -> Bool {
        number.digitCount == 11 && number.leading(7) % 1_000 == 976
    }
}
