// SPDX-License-Identifier: Apache-2.0

/// From where on people are told, and from where on calls are stopped. Both are exceeded, not reached: with `block` 60, the
/// 61st is stopped, and with `warn` 0 people are told of the first.
public struct PatternThreshold: Hashable, Sendable {
    /// In the unit of the rule.
    public let warn: Int
    public let block: Int
    /// How long a stop lasts unless somebody ends it, in minutes.
    public let minutes: Int

    /// - Returns: `nil` unless 0 ≤ `warn` ≤ `block`, 1 ≤ `block` ≤ ``Limits/patternThreshold`` and `minutes` is in ``Limits/patternMinutes``.
    public init?(warn: Int, block: Int, minutes: Int) {
        guard warn >= 0, warn <= block, (1...Limits.patternThreshold).contains(block),
            Limits.patternMinutes.contains(minutes)
        else {
            return nil
        }
        (self.warn, self.block, self.minutes) = (warn, block, minutes)
    }

    init(_ warn: Int, _ block: Int, hours: Int) { (self.warn, self.block, minutes) = (warn, block, hours * 60) }

    /// Reads what ``description`` writes.
    public init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let warn = Int(parts[0]), let block = Int(parts[1]), let minutes = Int(parts[2]) else {
            return nil
        }
        self.init(warn: warn, block: block, minutes: minutes)
    }
}

extension PatternThreshold: CustomStringConvertible {
    /// `40/60/240`: warn, block, minutes.
    public var description: String { "\(warn)/\(block)/\(minutes)" }
}

extension PatternThreshold: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a threshold is 'warn/block/minutes', such as 40/60/240", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}

extension PatternRule {
    /// The starting value (FRAUD.md section 3, made wider where ordinary people would have met it; see `call-patterns`).
    public var standard: PatternThreshold {
        switch self {
        case .allHour: PatternThreshold(150, 300, hours: 1)
        case .costlyMinute: PatternThreshold(6, 10, hours: 1)
        case .costlyHour: PatternThreshold(40, 60, hours: 4)
        case .costlyDay: PatternThreshold(200, 300, hours: 12)
        case .talkTime: PatternThreshold(360, 540, hours: 12)
        case .averageDuration: PatternThreshold(45, 55, hours: 12)
        case .shortRow: PatternThreshold(5, 8, hours: 24)
        case .concurrency: PatternThreshold(4, 4, hours: 1)
        case .costRate: PatternThreshold(400, 800, hours: 4)
        case .costHour: PatternThreshold(4_000, 8_000, hours: 4)
        case .premiumDay: PatternThreshold(3, 6, hours: 24)
        case .rareCountries: PatternThreshold(3, 5, hours: 24)
        case .refusedNumbers: PatternThreshold(3, 6, hours: 1)
        case .closedHour: PatternThreshold(10, 15, hours: 4)
        case .closedDay: PatternThreshold(25, 40, hours: 12)
        case .businessMinute: PatternThreshold(15, 25, hours: 1)
        case .businessHour: PatternThreshold(50, 100, hours: 4)
        case .businessDay: PatternThreshold(400, 800, hours: 12)
        case .businessConcurrency: PatternThreshold(8, 16, hours: 1)
        case .businessCostRate: PatternThreshold(1_000, 2_000, hours: 4)
        case .businessCostHour: PatternThreshold(10_000, 20_000, hours: 4)
        case .businessClosedHour: PatternThreshold(20, 35, hours: 4)
        case .oneBlock: PatternThreshold(8, 12, hours: 24)
        case .manyExtensions: PatternThreshold(3, 5, hours: 24)
        case .testCalls: PatternThreshold(2, 3, hours: 24)
        case .callBack: PatternThreshold(3, 4, hours: 168)
        case .longCall: PatternThreshold(30, 60, hours: 1)
        case .newCountry, .newNetwork, .closedClass: PatternThreshold(1, 1, hours: 24)
        case .refusedPremium: PatternThreshold(0, 2, hours: 1)
        }
    }

    /// How much each extension adds to the thresholds of the whole business, in hundredths.
    public var growth: Int {
        switch self {
        case .businessMinute, .businessConcurrency, .businessCostRate, .businessCostHour, .businessClosedHour: 3
        case .businessHour, .businessDay: 5
        case .allHour, .costlyMinute, .costlyHour, .costlyDay, .talkTime, .averageDuration, .shortRow, .concurrency,
            .costRate, .costHour, .premiumDay, .rareCountries, .refusedNumbers, .closedHour, .closedDay, .oneBlock,
            .manyExtensions, .testCalls, .callBack, .longCall, .newCountry, .newNetwork, .closedClass, .refusedPremium:
            0
        }
    }

    /// What `block` may be at most. Of some things no more are kept than can be counted.
    public var widest: Int {
        switch self {
        case .rareCountries, .refusedNumbers, .refusedPremium, .manyExtensions, .callBack: 7
        case .testCalls: 15
        case .oneBlock: 99
        case .allHour, .costlyMinute, .costlyHour, .costlyDay, .talkTime, .averageDuration, .shortRow, .concurrency,
            .costRate, .costHour, .premiumDay, .closedHour, .closedDay, .businessMinute, .businessHour, .businessDay,
            .businessConcurrency, .businessCostRate, .businessCostHour, .businessClosedHour, .longCall, .newCountry,
            .newNetwork, .closedClass:
            standard.block * Limits.patternWidening
        }
    }
}
