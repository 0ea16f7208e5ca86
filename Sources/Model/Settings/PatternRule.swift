// SPDX-License-Identifier: Apache-2.0

/// A rule about how a business calls the outside world (control `call-patterns`). Its name never changes once released.
///
/// A *costly* call is one abroad, to a number that costs more than an ordinary one, or to a service of no country.
public enum PatternRule: UInt8, CaseIterable, Hashable, Sendable {
    // Of one extension.
    /// Outside calls of every kind within an hour: somebody uses the extension to spread calls (row T12).
    case allHour
    /// Costly calls within a minute, an hour and 24 hours.
    case costlyMinute, costlyHour, costlyDay
    /// Minutes of costly talk within 24 hours, calls in progress included (row T10).
    case talkTime
    /// Minutes that costly calls of 24 hours last on average, once there are five.
    case averageDuration
    /// Costly calls in a row to one number, each answered and shorter than 20 seconds, within an hour.
    case shortRow
    /// Costly calls at a time.
    case concurrency
    /// Hundredths of the currency that a minute of all costly calls in progress costs.
    case costRate
    /// Hundredths of the currency within an hour, calls in progress included.
    case costHour
    /// Calls to premium numbers within 24 hours.
    case premiumDay
    /// Countries within 24 hours that the business hardly ever calls.
    case rareCountries
    /// Numbers within ten minutes that were refused: somebody tries what is open (row T01).
    case refusedNumbers
    /// Costly calls outside business hours within an hour and 24 hours (row T09).
    case closedHour, closedDay
    // Of the whole business.
    /// The same of the whole business.
    case businessMinute, businessHour, businessDay, businessConcurrency, businessCostRate, businessCostHour
    case businessClosedHour
    /// Numbers of one block of a hundred within 24 hours: leased ranges are consecutive.
    case oneBlock
    /// Extensions that call different numbers of one block of a thousand within six hours.
    case manyExtensions
    /// Calls shorter than 20 seconds to three or more high-risk blocks within six hours: a test before the attack.
    case testCalls
    /// Extensions that one block of a thousand rang for a moment within 48 hours (row T02).
    case callBack
    /// Minutes that one call to a high-risk number, or with both ends outside, lasts (row T10).
    case longCall
    // Without a number.
    /// The first call of the business to a country within 90 days.
    case newCountry
    /// A costly call of an extension whose phone has come from a new network within 24 hours (row T11).
    case newNetwork
    /// An outside call outside business hours, of a kind that the owner wants to be told of.
    case closedClass
    /// Premium numbers, and those of no country, within ten minutes that were refused: nobody tries the next one by mistake
    /// (row T01).
    case refusedPremium
}

extension PatternRule {
    /// Its name for settings, records and scripts.
    public var name: String {
        switch self {
        case .allHour: "all-hour"
        case .costlyMinute: "costly-minute"
        case .costlyHour: "costly-hour"
        case .costlyDay: "costly-day"
        case .talkTime: "talk-time"
        case .averageDuration: "average-duration"
        case .shortRow: "short-row"
        case .concurrency: "concurrency"
        case .costRate: "cost-rate"
        case .costHour: "cost-hour"
        case .premiumDay: "premium-day"
        case .rareCountries: "rare-countries"
        case .refusedNumbers: "refused-numbers"
        case .closedHour: "closed-hour"
        case .closedDay: "closed-day"
        case .businessMinute: "business-minute"
        case .businessHour: "business-hour"
        case .businessDay: "business-day"
        case .businessConcurrency: "business-concurrency"
        case .businessCostRate: "business-cost-rate"
        case .businessCostHour: "business-cost-hour"
        case .businessClosedHour: "business-closed-hour"
        case .oneBlock: "one-block"
        case .manyExtensions: "many-extensions"
        case .testCalls: "test-calls"
        case .callBack: "call-back"
        case .longCall: "long-call"
        case .newCountry: "new-country"
        case .newNetwork: "new-network"
        case .closedClass: "closed-class"
        case .refusedPremium: "refused-premium"
        }
    }

    public init?(name: some StringProtocol) {
        guard let rule = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = rule
    }
}

extension PatternRule: CustomStringConvertible {
    public var description: String { name }
}

extension PatternRule: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("there is no such rule", Self.init(name:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(name) }
}
