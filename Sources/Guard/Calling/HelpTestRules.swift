// SPDX-License-Identifier: Apache-2.0

public import Model
import Primitives

/// Proof that a number may be called in place of help, because nobody there would send anybody. Only ``HelpTestRules`` makes one, at
/// the moment of use.
public struct HelpTestPermit: Sendable {
    public let number: DigitString

    fileprivate init(_ number: DigitString) { self.number = number }
}

/// Which number tries the way to help without calling for help (control `emergency-calls`).
public enum HelpTestRules {
    public enum Answer: Sendable {
        case allowed(HelpTestPermit)
        case refused(Refusal)
    }

    /// - Parameter number: What the provider is asked for, as it is.
    public static func decide(_ number: DigitString, in dialing: DialingSettings) -> Answer {
        let numbering = dialing.numbering
        guard let home = numbering.home else { return .refused(.noHome) }
        let plan = DialPlan(dialing)
        if isHelp(number, numbering, home, plan.emergency) || isOtherAreasHelp(number, plan.emergency) {
            return .refused(.isHelp(number))
        }
        guard number.count > Limits.shortNumber else { return .allowed(HelpTestPermit(number)) }
        // Longer than a service number: only what costs no more than a call at home.
        guard let full = PhoneNumber(parsing: "+\(number)") else { return .refused(.isFar(number)) }
        let facts = NumberPlan.facts(of: full, own: dialing.ranges)
        guard facts.region == home else { return .refused(.isFar(number)) }
        switch facts.numberClass {
        case .geographic, .geographicOrMobile, .tollFree, .universalAccess: return .allowed(HelpTestPermit(number))
        case .mobile, .pager, .voip, .voicemail, .sharedCost, .premium, .personal, .satellite, .internationalNetwork,
            .internationalPremium, .unknown:
            return .refused(.isFar(number))
        }
    }

    /// Why it may not be tried; `nil` where it may.
    public static func refusal(of number: DigitString, in dialing: DialingSettings) -> Refusal? {
        switch decide(number, in: dialing) {
        case .allowed: nil
        case .refused(let refusal): refusal
        }
    }

    /// Help of another area, such as 030110: an area code has five digits at most.
    private static func isOtherAreasHelp(_ number: DigitString, _ emergency: EmergencyNumbers) -> Bool {
        emergency.numbers.contains { help in
            help.count >= 3 && number.count <= help.count + Limits.areaDigits && number.text.hasSuffix(help.text)
        }
    }

    /// Whether a provider could take it for a call for help: as it is, or behind whatever stands before numbers here, in any order
    /// and more than once.
    private static func isHelp(
        _ number: DigitString,
        _ numbering: NumberingSettings,
        _ home: Region,
        _ emergency: EmergencyNumbers
    ) -> Bool {
        let dialing = CountryDialing(home)
        let code = dialing.flatMap { DigitString(parsing: "\($0.code)") }
        let international = numbering.internationalPrefix.map { [$0] } ?? dialing?.internationalPrefixes ?? []
        let usual = ["00", "011", "0", "1", "9"].compactMap { DigitString(parsing: $0) }
        let prefixes =
            [numbering.outsidePrefix, numbering.areaCode, dialing?.nationalPrefix, code].compactMap(\.self)
            + international
            + usual
        var (open, seen): ([DigitString], Set<DigitString>) = ([number], [number])
        while let one = open.popLast() {
            if emergency.number(dialled: one) != nil { return true }
            for prefix in prefixes {
                if let rest = one.dropping(prefix), seen.insert(rest).inserted { open.append(rest) }
            }
        }
        return false
    }
}

extension Refusal {
    fileprivate static let noHome = Self(
        .emergencyCalls,
        problem: "The way to help was not tried.",
        reason: "nobody has said where the business is, so nobody knows which numbers are real calls for help",
        remedy: "say it: ringfence country home DE"
    )

    fileprivate static func isHelp(_ number: DigitString) -> Self {
        Self(
            .emergencyCalls,
            problem: "\(number) is not tried.",
            reason: "it is a real number for help, or a provider could take it for one",
            remedy: "ask your provider for its test number: ringfence emergency trunk main --test NUMBER"
        )
    }

    fileprivate static func isFar(_ number: DigitString) -> Self {
        Self(
            .emergencyCalls,
            problem: "\(number) is not tried.",
            reason: "a test number is a short one of the provider, or one at home that is neither paid nor mobile",
            remedy: "ask your provider for its test number: ringfence emergency trunk main --test NUMBER"
        )
    }
}
