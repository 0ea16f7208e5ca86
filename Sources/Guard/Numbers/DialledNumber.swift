// SPDX-License-Identifier: Apache-2.0

public import Model

/// What somebody has dialled, in its one form: it is judged, and it is what leaves by a trunk. What was dialled is never sent on.
public enum DialledNumber: Hashable, Sendable {
    /// Help, as the network knows the number.
    case emergency(DigitString)
    case outside(NumberFacts)
    case refused(DialFault)
}

/// Why what was dialled is no number. No String until somebody reads it.
public enum DialFault: Hashable, Sendable {
    case empty
    /// Something else than the digits 0…9, a plus in front, and the visual separators of RFC 3966.
    case foreignCharacter
    case tooLong
    /// Numbers outside of the business begin with this.
    case noOutsidePrefix(DigitString)
    /// Nobody has said in which country the business is.
    case noHome
    /// A prefix that chooses another carrier, or hides the caller.
    case carrierPrefix
    /// What follows the plus or the international prefix begins with no country code, or is no number for its length.
    case noCountryCode
    /// A national number without area code, or a short number.
    case noAreaCode
    /// Digits that can be a number, in no range that is known, or of a length that the range does not have.
    case unknown(PhoneNumber)

    /// What the caller is told: 484 where digits are wrong or missing (RFC 3261 §21.4.22), 404 where nobody has the number.
    public var refusal: CallRefusal {
        switch self {
        case .empty: refused(484, "nothing was dialled")
        case .foreignCharacter: refused(484, "what was dialled is no telephone number; only digits and a leading + are")
        case .tooLong: refused(484, "what was dialled is longer than any telephone number")
        case .noOutsidePrefix(let prefix):
            refused(404, "no extension has that number, and numbers outside of the company begin with \(prefix)")
        case .noHome:
            refused(404, "the country of the company is not set; the owner sets it with: ringfence country home DE")
        case .carrierPrefix: refused(404, "prefixes that choose a carrier or hide the caller are not dialled")
        case .noCountryCode: refused(484, "the number has no country code, or too few or too many digits")
        case .noAreaCode:
            refused(404, "the number is too short or its area code is missing; short numbers are not carried")
        case .unknown(let number):
            refused(404, "\(number) is in no known range\(DialFault.place(number)), or has too few or too many digits")
        }
    }

    private func refused(_ status: Int, _ reason: String) -> CallRefusal {
        CallRefusal(status: status, control: .countryDialing, reason: reason)
    }

    static func place(_ number: PhoneNumber) -> String {
        CountryDialing.mainRegion(of: number).map { " of \($0.name)" } ?? ""
    }
}
