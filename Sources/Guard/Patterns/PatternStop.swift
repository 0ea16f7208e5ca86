// SPDX-License-Identifier: Apache-2.0

import Model

/// Calls that are stopped until a moment, and by which rule. It ends by itself. 16 bytes.
struct PatternStop: Sendable {
    private(set) var end: UInt32 = 0
    private(set) var value: UInt32 = 0
    private(set) var threshold: UInt32 = 0
    private var rawRule: UInt8 = 0

    init() {}

    init(_ weighed: Weighing.Result, from time: UInt32, seconds: UInt32) {
        end = time.later(by: seconds)
        (value, threshold) = (UInt32(clamping: weighed.value), UInt32(clamping: weighed.threshold))
        rawRule = weighed.rule.rawValue
    }

    var rule: PatternRule { PatternRule(rawValue: rawRule) ?? .costlyHour }

    func holds(at time: UInt32) -> Bool { time < end }

    /// The one of both that ends later.
    mutating func absorb(_ other: Self) { if other.end > end { self = other } }

    /// What stopped the calls, as if it was weighed again.
    func result(_ scope: Weighing.Scope) -> Weighing.Result {
        Weighing.Result(level: .block, rule: rule, value: Int(value), threshold: Int(threshold), scope: scope)
    }
}

extension PatternStop: PatternCoded {
    mutating func code(_ coder: inout PatternCoder) {
        coder.code(&end)
        // Most records are not stopped, and need no more than that.
        guard end != 0 else { return }
        coder.code(&value)
        coder.code(&threshold)
        coder.code(&rawRule)
        if PatternRule(rawValue: rawRule) == nil { coder.damage() }
    }
}
