// SPDX-License-Identifier: Apache-2.0

/// What a business wants of the control `call-patterns`.
///
/// Every rule has a starting value, ``PatternRule/standard``. An owner may make it as strict as they like, and at most as wide as
/// ``PatternRule/widest``; no rule can be turned off.
public struct PatternSettings: Hashable, Sendable {
    /// What becomes of the first call to a country within 90 days.
    public enum NewCountry: String, CaseIterable, Codable, Hashable, Sendable {
        /// Whoever calls confirms it with their code.
        case confirm
        /// It is placed, and people are told.
        case warn
        /// An operator has to release it.
        case block
    }

    /// Only what differs from the starting values.
    public private(set) var changed: [PatternRule: PatternThreshold] = [:]
    public var newCountry: NewCountry = .confirm
    /// Countries that are no news from the first day on, because the owner said so.
    public private(set) var usualRegions: [Region] = []
    /// From how many millionths of the currency a minute on a call inside the home country counts as costly.
    public private(set) var costlyPrice: Int64 = 500_000
    /// The same from where on a number counts as high-risk, wherever it is.
    public private(set) var highRiskPrice: Int64 = 1_000_000
    /// Hundredths of each threshold that remain for 24 hours after a change of a credential, a forwarding or a network.
    /// What lies between is to be confirmed.
    public private(set) var afterChange = 25

    public init() {}

    public subscript(rule: PatternRule) -> PatternThreshold { changed[rule] ?? rule.standard }

    /// Changes the thresholds of one rule; `nil` brings the starting value back.
    ///
    /// - Returns: Whether they were changed: not when they are wider than ``PatternRule/widest``.
    public mutating func set(_ rule: PatternRule, to threshold: PatternThreshold?) -> Bool {
        if let threshold, threshold.block > rule.widest { return false }
        changed[rule] = threshold == rule.standard ? nil : threshold
        return true
    }

    /// - Returns: Whether they were taken: not more than ``Limits/usualRegions``.
    public mutating func setUsualRegions(_ regions: [Region]) -> Bool {
        guard regions.count <= Limits.usualRegions else { return false }
        usualRegions = Set(regions).sorted()
        return true
    }

    /// - Parameters: In millionths of the currency a minute.
    /// - Returns: Whether they were taken: both positive, the first at most the second, which is at most a thousand.
    public mutating func setPrices(costly: Int64, highRisk: Int64) -> Bool {
        guard costly > 0, costly <= highRisk, highRisk <= 1_000_000_000 else { return false }
        (costlyPrice, highRiskPrice) = (costly, highRisk)
        return true
    }

    /// - Returns: Whether it was taken: 1…100.
    public mutating func setAfterChange(percent: Int) -> Bool {
        guard (1...100).contains(percent) else { return false }
        afterChange = percent
        return true
    }
}

extension PatternSettings: Codable {
    private enum Key: String, CodingKey {
        case thresholds, newCountry, usualRegions, costlyPrice, highRiskPrice, afterChange
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init()
        newCountry = try values.decodeIfPresent(NewCountry.self, forKey: .newCountry) ?? .confirm
        let prices = (
            try values.decodeIfPresent(Int64.self, forKey: .costlyPrice) ?? costlyPrice,
            try values.decodeIfPresent(Int64.self, forKey: .highRiskPrice) ?? highRiskPrice
        )
        let percent = try values.decodeIfPresent(Int.self, forKey: .afterChange) ?? afterChange
        let regions = try values.decodeIfPresent([Region].self, forKey: .usualRegions) ?? []
        var isValid =
            setPrices(costly: prices.0, highRisk: prices.1) && setAfterChange(percent: percent)
            && setUsualRegions(regions)
        let thresholds = try values.decodeIfPresent([String: PatternThreshold].self, forKey: .thresholds) ?? [:]
        for (name, threshold) in thresholds {
            isValid = isValid && (PatternRule(name: name).map { set($0, to: threshold) } ?? false)
        }
        guard isValid else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a pattern setting is out of its range")
            )
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        let thresholds = changed.map { ($0.key.name, $0.value) }
        try values.encode(Dictionary(uniqueKeysWithValues: thresholds), forKey: .thresholds)
        try values.encode(newCountry, forKey: .newCountry)
        try values.encode(usualRegions, forKey: .usualRegions)
        try values.encode(costlyPrice, forKey: .costlyPrice)
        try values.encode(highRiskPrice, forKey: .highRiskPrice)
        try values.encode(afterChange, forKey: .afterChange)
    }
}
