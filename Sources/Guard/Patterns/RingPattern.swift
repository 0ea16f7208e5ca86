// SPDX-License-Identifier: Apache-2.0

import Model

/// Who rang us for a moment: one number, or all of a block of a thousand (row T02, "wangiri").
struct RingPattern: PatternRecord {
    let key: UInt64
    private var lastRing: UInt32 = 0
    /// When it last rang for so short a time that it cannot have meant to reach anybody.
    private var lastMoment: UInt32?
    /// The extensions that it rang.
    private var rung = RecentSet()
    /// Calls back are stopped.
    var stop = PatternStop()

    init(key: UInt64) { self.key = key }

    /// - Returns: Of the number itself, and of its block.
    static func keys(of number: PhoneNumber) -> (number: UInt64, block: UInt64) {
        (number.value * 2, number.value / 1_000 * 2 + 1)
    }

    /// What ``key`` stands for.
    var prefix: NumberPrefix? { NumberPrefix(value: key / 2) }

    mutating func add(_ called: UInt64, isMoment: Bool, at time: UInt32) {
        lastRing = time
        if isMoment { lastMoment = time }
        rung.insert(called, at: time)
    }

    func rangLately(at time: UInt32) -> Bool { lastRing > 0 && time.since(lastRing) < Limits.ringSeconds }

    func wasMoment(at time: UInt32) -> Bool { lastMoment.map { time.since($0) < Limits.ringSeconds } ?? false }

    /// How many extensions it rang within 48 hours.
    func extensions(at time: UInt32) -> Int { rung.count(at: time, within: Limits.ringSeconds) }

    mutating func absorb(_ other: Self) { stop.absorb(other.stop) }

    mutating func release() { self = RingPattern(key: key) }

    func weight(at time: UInt32) -> UInt32 {
        if stop.holds(at: time) { return .max }
        return rangLately(at: time) ? Limits.ringSeconds - time.since(lastRing) : 0
    }

    mutating func code(_ coder: inout PatternCoder) {
        coder.code(&lastRing)
        var (moment, hasMoment) = (lastMoment ?? 0, lastMoment != nil)
        coder.code(&hasMoment)
        coder.code(&moment)
        lastMoment = hasMoment ? moment : nil
        rung.code(&coder)
        stop.code(&coder)
    }
}
