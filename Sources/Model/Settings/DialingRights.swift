// SPDX-License-Identifier: Apache-2.0

/// Whether calls to a country are placed.
public enum CountryAccess: String, CaseIterable, Hashable, Sendable, Codable {
    case closed
    /// Landline, mobile and toll-free numbers outside of the ranges that fraud uses.
    case withoutHighRisk = "without-high-risk"
    /// Those ranges too. Premium-rate numbers are never part of it.
    case open
}

/// What happens to a call whose number may be called.
public enum CallAnswer: String, CaseIterable, Hashable, Sendable, Codable {
    case allow
    /// The caller repeats digits that are read out, as proof of being a person.
    case screen
    /// The caller types the code of the extension.
    case code
    /// The caller is connected with a person of the business, who places the call.
    case person
    case refuse

    /// The one that asks for more: of `allow` and `code`, `code`.
    public func stricter(_ other: Self) -> Self { rank >= other.rank ? self : other }

    private var rank: Int {
        switch self {
        case .allow: 0
        case .screen: 1
        case .code: 2
        case .person: 3
        case .refuse: 4
        }
    }
}

/// What is allowed in one country abroad.
public struct CountryRule: Hashable, Sendable, Codable {
    public var access: CountryAccess
    public var answer: CallAnswer

    public init(_ access: CountryAccess, answer: CallAnswer = .allow) { (self.access, self.answer) = (access, answer) }
}

/// Which numbers may be called: by everybody in the business, or by the extensions of one ``DialingProfile``.
public struct DialingRights: Hashable, Sendable, Codable {
    /// Abroad. A country that is not among them is closed. Numbers of no country are in ``Region/international``.
    public var countries: [Region: CountryRule]
    /// By class, at home and in countries that are open. A class that is not among them is refused.
    public var classes: [NumberClass: CallAnswer]
    /// Where calls may be forwarded or transferred, beside the right to dial there: by class at home, by country abroad.
    public var onwardClasses: Set<NumberClass>
    public var onwardCountries: Set<Region>

    public init(
        countries: [Region: CountryRule] = [:],
        classes: [NumberClass: CallAnswer] = Self.usualClasses,
        onwardClasses: Set<NumberClass> = [],
        onwardCountries: Set<Region> = []
    ) {
        (self.countries, self.classes) = (countries, classes)
        (self.onwardClasses, self.onwardCountries) = (onwardClasses, onwardCountries)
    }

    /// Landline, mobile and toll-free numbers.
    public static let usualClasses: [NumberClass: CallAnswer] = [
        .geographic: .allow, .mobile: .allow, .geographicOrMobile: .allow, .tollFree: .allow,
    ]
}

extension Region: CodingKeyRepresentable {
    public var codingKey: any CodingKey { TextKey(stringValue: text) }

    public init?(codingKey: some CodingKey) { self.init(parsing: codingKey.stringValue) }
}

extension NumberClass: CodingKeyRepresentable {}

/// A key of a dictionary that is written as text.
struct TextKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
}
