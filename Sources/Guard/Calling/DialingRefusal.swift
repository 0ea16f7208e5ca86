// SPDX-License-Identifier: Apache-2.0

public import Model

/// Why a number is not called. No String until somebody reads it, so that a refusal costs nothing.
public struct DialingRefusal: Error, Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
        /// In no known range.
        case unknownNumber
        /// A class that nobody may open: satellites, networks and premium of no country.
        case never
        /// A class that who is called is paid for, and a number that nobody has approved.
        case notApproved
        case countryClosed(Region)
        /// The country is open, without ranges that fraud uses.
        case highRisk(Region)
        case classRefused
        /// It may be dialled, and calls may not be sent there by a forward or transfer.
        case notOnward
        /// A code, digits or a person is asked for, and nobody is there to answer.
        case nobodyToAsk
        /// The range is used up for today.
        case quotaUsed(HotSpot)
    }

    public let facts: NumberFacts
    public let way: DialingWay
    public let reason: Reason

    public init(_ facts: NumberFacts, _ way: DialingWay, _ reason: Reason) {
        (self.facts, self.way, self.reason) = (facts, way, reason)
    }

    public var control: Control {
        switch reason {
        case .never, .notApproved, .highRisk: .premiumNumbers
        case .unknownNumber, .countryClosed, .classRefused, .notOnward, .nobodyToAsk, .quotaUsed:
            .countryDialing
        }
    }

    /// What the caller's phone is told, and the record says.
    public var callRefusal: CallRefusal {
        CallRefusal(status: reason == .unknownNumber ? 404 : 403, control: control, reason: sentence, number: facts)
    }

    private var sentence: String {
        let number = facts.number
        switch reason {
        case .unknownNumber: return DialFault.unknown(number).refusal.reason
        case .never: return "calls to \(facts.numberClass.plural) are never placed, and \(number) is one of them"
        case .notApproved:
            return "\(number) is among the \(facts.numberClass.plural), which are refused;"
                + " the owner approves one number with: ringfence premium approve \(number)"
        case .countryClosed(let region):
            return "calls to \(region.name) are closed; the owner opens them with: ringfence country open \(region)"
        case .highRisk(let region):
            return "\(number) is in a range of \(region.name) that fraud uses;"
                + " the owner opens it with: ringfence country open \(region) --with-high-risk"
        case .classRefused:
            return "calls to \(facts.numberClass.plural) are refused;"
                + " the owner allows them with: ringfence class allow \(facts.numberClass.rawValue)"
        case .notOnward: return "calls may not be \(way.participle) to \(number), only dialled"
        case .nobodyToAsk:
            return
                "calls to \(number) need an answer of the caller, and nobody gives one when they are \(way.participle)"
        case .quotaUsed(let spot):
            return "the \(spot.callsPerDay) calls a day to numbers that begin with \(spot.prefix) are used up"
        }
    }
}
