// SPDX-License-Identifier: Apache-2.0

/// What may refuse a call, so that a report can say which did, and a run can leave each out.
enum Rule: Int, CaseIterable {
    case countryDialing, premiumNumbers
    case spendLimit, callLimits, afterHours, forwardingRules, disa, dormantExtensions
    case callRate, concurrentCalls, distinctCountries, neighbouringNumbers, sameNumber, testCalls, firstCountry
    case callBack, maximumDuration, afterChange, origin
}

/// Which rules are on.
struct RuleSet: OptionSet, Hashable {
    let rawValue: UInt32

    static let all = RuleSet(Rule.allCases)

    init(rawValue: UInt32) { self.rawValue = rawValue }

    init(_ rules: [Rule]) { rawValue = rules.reduce(0) { $0 | 1 << UInt32($1.rawValue) } }

    func has(_ rule: Rule) -> Bool { rawValue & 1 << UInt32(rule.rawValue) != 0 }

    func without(_ rule: Rule) -> RuleSet { subtracting(RuleSet([rule])) }
}
