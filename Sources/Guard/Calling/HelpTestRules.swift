// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

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
        let readings = readings(of: number, numbering, home)
        if readings.contains(where: { isHelp($0, plan.emergency) }) || isOtherAreasHelp(number, plan.emergency) {
            return .refused(.isHelp(number))
        }
        if readings.contains(where: { isPaid($0, in: home, own: dialing.ranges) }) { return .refused(.isPaid(number)) }
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
        (emergency.numbers.map(\.text) + [ambulance]).contains { help in
            help.count >= 3 && number.count <= help.count + Limits.areaDigits && number.text.hasSuffix(help)
        }
    }

    /// Of Germany, in each area; in no list of libphonenumber.
    private static let ambulance = "19222"

    /// What a provider could take it for: as it is, or behind whatever stands before numbers here, in any order and more than once.
    private static func readings(
        of number: DigitString,
        _ numbering: NumberingSettings,
        _ home: Region
    ) -> Set<DigitString> {
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
            for prefix in prefixes {
                if let rest = one.dropping(prefix), seen.insert(rest).inserted { open.append(rest) }
            }
        }
        return seen
    }

    /// Somebody who helps is there, or listens to people in need: those of the country, ambulances, and the lines of social value of Europe
    /// (116xxx, decision 2007/116/EC).
    private static func isHelp(_ number: DigitString, _ emergency: EmergencyNumbers) -> Bool {
        emergency.number(dialled: number) != nil || number.text == ambulance
            || (number.count == 6 && number.text.hasPrefix("116"))
    }

    /// A short number that costs more than a call: information services, which much of the world has behind 118 and North America at
    /// 411, and what is premium or shared-cost at home.
    private static func isPaid(_ number: DigitString, in home: Region, own ranges: [OwnRange]) -> Bool {
        guard number.count <= Limits.shortNumber else { return false }
        if number.text.hasPrefix("118") || number.text == "411" { return true }
        guard let dialing = CountryDialing(home), let full = PhoneNumber(parsing: "+\(dialing.code)\(number)") else {
            return false
        }
        return switch NumberPlan.facts(of: full, own: ranges).numberClass {
        case .premium, .sharedCost, .internationalPremium, .personal, .satellite: true
        case .geographic, .mobile, .geographicOrMobile, .tollFree, .universalAccess, .pager, .voip, .voicemail,
            .internationalNetwork, .unknown:
            false
        }
    }
}

/// How often the way to help over each trunk was tried of late: each try is a call that the provider may charge for, and no budget
/// sees it.
public struct HelpTestTally: Sendable {
    private var tries: [TrunkName: [MonotonicTime]] = [:]

    public init() {}

    /// Takes one; trunks that are no more are forgotten.
    ///
    /// - Returns: Why it is too much; `nil` where it is not.
    public mutating func refusal(
        ofTrying trunk: TrunkName,
        in settings: OutsideSettings,
        at now: MonotonicTime
    ) -> Refusal? {
        tries = tries.filter { settings.trunks[$0.key] != nil }
        let recent = tries[trunk, default: []].filter { now < $0 + Limits.helpTestHour }
        guard recent.count < Limits.helpTests else { return .triedOften(trunk) }
        tries[trunk] = recent + [now]
        return nil
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

    fileprivate static func isPaid(_ number: DigitString) -> Self {
        Self(
            .emergencyCalls,
            problem: "\(number) is not tried.",
            reason: "a call to it costs more than a call, and no budget sees a try",
            remedy: "ask your provider for its test number: ringfence emergency trunk main --test NUMBER"
        )
    }

    fileprivate static func triedOften(_ trunk: TrunkName) -> Self {
        Self(
            .emergencyCalls,
            problem: "The way to help over trunk \(trunk) was not tried.",
            reason: "it was tried \(Limits.helpTests) times within an hour, and each try is a call that costs",
            remedy: "see what came of the last one: ringfence emergency show"
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
