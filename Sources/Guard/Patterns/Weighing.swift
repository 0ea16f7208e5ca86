// SPDX-License-Identifier: Apache-2.0

import Model

/// Holds what was counted against the thresholds, and keeps what is worst.
struct Weighing {
    enum Level: UInt8, Comparable {
        case allow, warn, confirm, block

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// Whose calls a rule is about.
    enum Scope: Hashable { case caller, business, highRisk, hundred, thousand, number, ringers }

    struct Result: Hashable {
        var level: Level
        var rule: PatternRule
        var value: Int
        var threshold: Int
        var scope: Scope
    }

    private var found: Result?
    private var asked: Result?
    let limits: PatternLimits
    let time: UInt32
    /// Hundredths of the thresholds beyond which a call is to be confirmed; 100 for no such thing.
    let tightness: Int
    /// Whether the caller has shown who they are: what would be asked is answered.
    let isConfirmed: Bool
    /// Rules that people have been told of in the last 24 hours, a bit each: of the caller, and of the business.
    let told: (caller: UInt32, business: UInt32)

    init(limits: PatternLimits, time: UInt32, tightness: Int, isConfirmed: Bool, told: (UInt32, UInt32)) {
        (self.limits, self.time, self.tightness) = (limits, time, tightness)
        (self.isConfirmed, self.told) = (isConfirmed, told)
    }

    /// What is worst. What is asked of everybody comes after all else that is asked: its answer is none to the rest.
    var worst: Result? {
        if let asked, asked.level > found?.level ?? .allow { asked } else { found }
    }

    /// Compares one value. `habit` widens the thresholds when the value is usual.
    mutating func weigh(_ rule: PatternRule, _ value: Int, _ scope: Scope, habit: WeeklyMost? = nil) {
        let plain = limits[rule]
        // The usual way out: nothing is near.
        guard value > plain.warn * tightness / 100 else { return }
        let limit = habit.map { plain.widened(by: $0.usual(at: time)) } ?? plain
        if value > limit.block {
            add(rule.isAsked ? .confirm : .block, rule, value, limit.block, scope)
        } else if tightness < 100, value > max(limit.block * tightness / 100, 1) {
            add(.confirm, rule, value, max(limit.block * tightness / 100, 1), scope)
        } else if value > limit.warn, !isTold(rule, scope) {
            add(.warn, rule, value, limit.warn, scope)
        }
    }

    /// Takes a result that needs no comparison.
    mutating func add(_ level: Level, _ rule: PatternRule, _ value: Int, _ threshold: Int, _ scope: Scope) {
        add(Result(level: level, rule: rule, value: value, threshold: threshold, scope: scope))
    }

    mutating func add(_ result: Result) {
        if result.level == .confirm, isConfirmed { return }
        if result.level > found?.level ?? .allow { found = result }
    }

    /// Asks also who has confirmed another call today, unless something as bad was found.
    mutating func ask(_ rule: PatternRule, _ scope: Scope) {
        asked = Result(level: .confirm, rule: rule, value: 1, threshold: 1, scope: scope)
    }

    private func isTold(_ rule: PatternRule, _ scope: Scope) -> Bool {
        (scope == .caller ? told.caller : told.business) & rule.bit != 0
    }
}

extension PatternRule {
    var bit: UInt32 { 1 << UInt32(rawValue) }

    /// Whether a caller who exceeds it is asked who they are, because honest people do it now and then.
    var isAsked: Bool {
        switch self {
        case .averageDuration, .manyExtensions, .oneBlock: true
        case .allHour, .costlyMinute, .costlyHour, .costlyDay, .talkTime, .shortRow, .concurrency, .costRate,
            .costHour, .premiumDay, .rareCountries, .refusedNumbers, .closedHour, .closedDay, .businessMinute,
            .businessHour, .businessDay, .businessConcurrency, .businessCostRate, .businessCostHour,
            .businessClosedHour, .testCalls, .callBack, .longCall, .newCountry, .newNetwork, .closedClass,
            .refusedPremium:
            false
        }
    }
}
