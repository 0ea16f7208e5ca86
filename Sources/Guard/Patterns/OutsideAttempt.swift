// SPDX-License-Identifier: Apache-2.0

public import Model

/// A call that is about to leave the business, after the number plan, the country rules and the rate deck have named it.
public struct OutsideAttempt: Sendable {
    /// How it came about.
    public enum Way: String, Codable, Hashable, Sendable, CaseIterable {
        case dialled, forwarded, redirected, transferred, parked, conference
        /// Placed by a command or a programme in the name of the caller.
        case requested
    }

    /// Who pays for it.
    public let caller: ExtensionNumber
    /// The canonical number, as it will be dialled.
    public let number: PhoneNumber
    public let region: Region
    public let numberClass: NumberClass
    /// Whether it lies in a range that is known for fraud.
    public var isHighRisk = false
    /// Millionths of the currency; 0 when a minute costs nothing.
    public let minutePrice: Int64
    public let way: Way
    /// Whether the business is open now, by its hours.
    public let isOpen: Bool
    /// Whether the other end is outside of the business too.
    public var isBothOutside = false
    /// Whether whoever calls has shown with their code that it is them.
    public var isConfirmed = false
    /// An emergency call is never judged.
    public var isEmergency = false

    public init(
        caller: ExtensionNumber,
        number: PhoneNumber,
        region: Region,
        numberClass: NumberClass,
        minutePrice: Int64,
        way: Way = .dialled,
        isOpen: Bool = true
    ) {
        (self.caller, self.number, self.region, self.numberClass) = (caller, number, region, numberClass)
        (self.minutePrice, self.way, self.isOpen) = (minutePrice, way, isOpen)
    }
}

/// What a call is to its business: all that the rules ask of its number.
struct CallKind: OptionSet, Sendable {
    let rawValue: UInt8

    static let abroad = CallKind(rawValue: 1)
    static let costly = CallKind(rawValue: 2)
    static let highRisk = CallKind(rawValue: 4)
    static let premium = CallKind(rawValue: 8)
    static let closed = CallKind(rawValue: 16)
    static let bothOutside = CallKind(rawValue: 32)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ attempt: OutsideAttempt, home: Region, settings: PatternSettings) {
        var kind: CallKind = []
        if attempt.region != home { kind.insert([.abroad, .costly]) }
        if attempt.numberClass.isCostly || attempt.minutePrice >= settings.costlyPrice { kind.insert(.costly) }
        if attempt.isHighRisk || attempt.numberClass.isHighRisk || attempt.minutePrice >= settings.highRiskPrice {
            kind.insert([.highRisk, .costly])
        }
        if attempt.numberClass.isPremium { kind.insert(.premium) }
        if !attempt.isOpen { kind.insert(.closed) }
        if attempt.isBothOutside { kind.insert(.bothOutside) }
        self = kind
    }
}

extension NumberClass {
    /// Whether such a number costs more than an ordinary call wherever it is.
    fileprivate var isCostly: Bool {
        switch self {
        case .geographic, .mobile, .geographicOrMobile, .tollFree, .sharedCost, .universalAccess, .voip, .voicemail:
            false
        case .premium, .personal, .pager, .satellite, .internationalNetwork, .internationalPremium, .unknown: true
        }
    }

    fileprivate var isHighRisk: Bool {
        switch self {
        case .premium, .satellite, .internationalNetwork, .internationalPremium, .unknown: true
        case .geographic, .mobile, .geographicOrMobile, .tollFree, .sharedCost, .universalAccess, .voip, .voicemail,
            .personal, .pager:
            false
        }
    }

    /// Whether who is called is paid for it, or nobody can tell who that is.
    var paysWhoIsCalled: Bool { isPremium || self == .satellite || self == .internationalNetwork }

    fileprivate var isPremium: Bool {
        switch self {
        case .premium, .internationalPremium: true
        case .geographic, .mobile, .geographicOrMobile, .tollFree, .sharedCost, .universalAccess, .voip, .voicemail,
            .personal, .pager, .satellite, .internationalNetwork, .unknown:
            false
        }
    }
}

extension ExtensionNumber {
    /// A 1 and its digits as a decimal number: one word for each extension, never 0.
    var patternKey: UInt64 { text.utf8.reduce(1) { $0 * 10 + UInt64($1 & 15) } }

    /// - Returns: `nil` for a word that is the key of none.
    init?(patternKey: UInt64) { self.init(ascii: String(patternKey).utf8.dropFirst()) }
}
