// SPDX-License-Identifier: Apache-2.0

public import Model

/// Which rule of `call-patterns` spoke, with everything that a person needs to see that it is right.
public struct PatternFinding: Hashable, Sendable {
    /// Whose calls it is about.
    public enum Subject: Hashable, Sendable {
        case `extension`(ExtensionNumber)
        case business
        /// Calls of the whole business to high-risk numbers.
        case highRisk
        /// Calls to one number, or to a block of them.
        case numbers(NumberPrefix)
    }

    public let rule: PatternRule
    public let subject: Subject
    /// What was counted, and what it exceeds; in the unit of the rule.
    public let value: Int
    public let threshold: Int
    /// How long calls are stopped from now on; `nil` where none are but this one.
    public let stop: Duration?
    /// The latest calls that counted, up to eight, the newest first, by the names that ``CallPatterns/started(_:_:at:)`` was
    /// given.
    public var calls: [UInt64] { recent.list }
    /// Kept in place, so that a refusal allocates nothing.
    private let recent: RecentCalls
    /// Whether people have not been told of it yet.
    public let isNew: Bool

    /// Without the calls that counted.
    public init(rule: PatternRule, subject: Subject, value: Int, threshold: Int, stop: Duration? = nil) {
        self.init(rule: rule, subject: subject, value: value, threshold: threshold, stop: stop, isNew: true)
    }

    init(
        rule: PatternRule,
        subject: Subject,
        value: Int,
        threshold: Int,
        stop: Duration? = nil,
        calls: RecentCalls = RecentCalls(),
        isNew: Bool = true
    ) {
        (self.rule, self.subject, self.value, self.threshold) = (rule, subject, value, threshold)
        (self.stop, recent, self.isNew) = (stop, calls, isNew)
    }
}

extension PatternFinding {
    /// What was seen and from where on it is too much, in one sentence with the name of the rule.
    public var sentence: String {
        let (limit, name) = (rule.text(threshold), "[\(rule.control.rawValue): \(rule.name)]")
        switch rule {
        case .newCountry: return "\(who) calls a country that the business has not called for 90 days \(name)"
        case .newNetwork: return "\(who) calls from a network where its phone was not before \(name)"
        case .closedClass: return "\(who) places a call that the owner wants to know of, outside business hours \(name)"
        case .allHour, .costlyMinute, .costlyHour, .costlyDay, .talkTime, .averageDuration, .shortRow, .concurrency,
            .costRate, .costHour, .premiumDay, .rareCountries, .refusedNumbers, .closedHour, .closedDay,
            .businessMinute, .businessHour, .businessDay, .businessConcurrency, .businessCostRate, .businessCostHour,
            .businessClosedHour, .oneBlock, .manyExtensions, .testCalls, .callBack, .longCall, .refusedPremium:
            return "\(who): \(rule.text(value)) \(rule.what), and \(limit) is the limit \(name)"
        }
    }

    /// How the stop ends: by itself, or by which command; `nil` where nothing is stopped.
    public var remedy: String? {
        guard let stop else { return nil }
        let minutes = (stop.components.seconds + 59) / 60
        let time = minutes < 120 ? "\(minutes) minutes" : "\(minutes / 60) hours"
        return "It ends by itself in \(time); earlier with: ringfence pattern release \(subject.argument) --reason …"
    }

    private var who: String {
        switch subject {
        case .extension(let number): "extension \(number)"
        case .business: "the whole business"
        case .highRisk: "calls to high-risk numbers"
        case .numbers(let prefix): "numbers \(prefix)"
        }
    }
}

extension PatternFinding.Subject {
    /// What an operator types: `204`, `business`, `high-risk`, `+37190123`.
    public var argument: String {
        switch self {
        case .extension(let number): number.text
        case .business: "business"
        case .highRisk: "high-risk"
        case .numbers(let prefix): prefix.text
        }
    }

    /// Reads an ``argument``.
    public init?(argument text: some StringProtocol) {
        switch text {
        case "business": self = .business
        case "high-risk": self = .highRisk
        default:
            if let prefix = NumberPrefix(parsing: text) {
                self = .numbers(prefix)
            } else if let number = ExtensionNumber(parsing: text) {
                self = .extension(number)
            } else {
                return nil
            }
        }
    }
}

extension PatternRule {
    /// A value in its unit: `61`, `62 minutes`, `12.50`.
    fileprivate func text(_ value: Int) -> String {
        switch self {
        case .talkTime, .averageDuration, .longCall: "\(value) minutes"
        case .costRate, .costHour, .businessCostRate, .businessCostHour:
            "\(value / 100).\(value % 100 < 10 ? "0" : "")\(value % 100)"
        case .allHour, .costlyMinute, .costlyHour, .costlyDay, .shortRow, .concurrency, .premiumDay, .rareCountries,
            .refusedNumbers, .closedHour, .closedDay, .businessMinute, .businessHour, .businessDay,
            .businessConcurrency, .businessClosedHour, .oneBlock, .manyExtensions, .testCalls, .callBack, .newCountry,
            .newNetwork, .closedClass, .refusedPremium:
            "\(value)"
        }
    }

    /// What the value counts.
    fileprivate var what: String {
        switch self {
        case .allHour: "outside calls within an hour"
        case .costlyMinute, .businessMinute: "costly calls within a minute"
        case .costlyHour, .businessHour: "costly calls within an hour"
        case .costlyDay, .businessDay: "costly calls within 24 hours"
        case .talkTime: "of costly talk within 24 hours"
        case .averageDuration: "is the average of the costly calls of 24 hours"
        case .shortRow: "short calls in a row to one costly number"
        case .concurrency, .businessConcurrency: "costly calls at a time"
        case .costRate, .businessCostRate: "a minute of currency for the calls in progress"
        case .costHour, .businessCostHour: "of currency within an hour"
        case .premiumDay: "calls to premium numbers within 24 hours"
        case .rareCountries: "countries within 24 hours that the business hardly calls"
        case .refusedNumbers: "numbers within ten minutes that may not be called"
        case .refusedPremium: "premium numbers within ten minutes that may not be called"
        case .closedHour, .businessClosedHour: "costly calls within an hour outside business hours"
        case .closedDay: "costly calls within 24 hours outside business hours"
        case .oneBlock: "numbers of one block of a hundred within 24 hours"
        case .manyExtensions: "extensions that call different numbers of one block within six hours"
        case .testCalls: "calls below 20 seconds to three or more high-risk blocks within six hours"
        case .callBack: "extensions were rung for a moment from there within 48 hours"
        case .longCall: "lasts one call to a high-risk number or between two outside ends"
        case .newCountry, .newNetwork, .closedClass: "calls"
        }
    }
}
