// SPDX-License-Identifier: Apache-2.0

import Model

/// How all extensions of a business together call the outside world.
struct BusinessPattern: Sendable {
    /// Its costly calls are stopped, but for those to where it has called for days.
    var stop = PatternStop()
    /// Its calls to high-risk numbers are stopped.
    var highRiskStop = PatternStop()
    private var told: UInt32 = 0
    private var toldEnd: UInt32 = 0
    var running = RunningTotals()

    private var minute = SlidingSum<UInt32>(seconds: 60)
    private var hour = SlidingSum<UInt32>(seconds: 3_600)
    private var day = SlidingSum<UInt32>(seconds: 86_400)
    private var closedHour = SlidingSum<UInt32>(seconds: 3_600)
    /// Hundredths of the currency.
    private var cost = SlidingSum<UInt32>(seconds: 3_600)
    /// Blocks of a thousand of the last short calls to high-risk numbers, and when those were.
    private var tests = InlineArray<16, UInt64>(repeating: 0)
    private var testTimes = InlineArray<16, UInt32>(repeating: 0)
    private var nextTest: UInt8 = 0
    private(set) var calls = RecentCalls()

    private var minuteHabit = WeeklyMost()
    private var hourHabit = WeeklyMost()
    private var dayHabit = WeeklyMost()
    private var concurrencyHabit = WeeklyMost()
    private var costRateHabit = WeeklyMost()
    private var costHabit = WeeklyMost()
    private var closedHabit = WeeklyMost()

    init() {}

    func told(at time: UInt32) -> UInt32 { time < toldEnd ? told : 0 }

    mutating func tell(_ rule: PatternRule, at time: UInt32) {
        if time >= toldEnd { (told, toldEnd) = (0, time.later(by: 86_400)) }
        told |= rule.bit
    }

    func weigh(_ attempt: OutsideAttempt, _ kind: CallKind, into weighing: inout Weighing) {
        let time = weighing.time
        weighing.weigh(.businessMinute, minute.sum(at: time) + 1, .business, habit: minuteHabit)
        weighing.weigh(.businessHour, hour.sum(at: time) + 1, .business, habit: hourHabit)
        weighing.weigh(.businessDay, day.sum(at: time) + 1, .business, habit: dayHabit)
        weighing.weigh(.businessConcurrency, Int(running.calls) + 1, .business, habit: concurrencyHabit)
        weighing.weigh(.businessCostRate, running.rate(with: attempt.boundedPrice), .business, habit: costRateHabit)
        weighing.weigh(
            .businessCostHour,
            cost.sum(at: time) + running.cost(at: time),
            .business,
            habit: costHabit
        )
        if kind.contains(.closed) {
            weighing.weigh(.businessClosedHour, closedHour.sum(at: time) + 1, .business, habit: closedHabit)
        }
        if kind.contains(.highRisk) { weighing.weigh(.testCalls, testCalls(at: time), .highRisk) }
    }

    /// Short calls to high-risk numbers within six hours; 0 unless they went to three blocks.
    private func testCalls(at time: UInt32) -> Int {
        var (count, blocks) = (0, 0)
        for place in tests.indices where tests[place] != 0 && time.since(testTimes[place]) < Limits.testSeconds {
            count += 1
            var isNew = true
            for other in 0..<place where tests[other] == tests[place] {
                if time.since(testTimes[other]) < Limits.testSeconds { isNew = false }
            }
            if isNew { blocks += 1 }
        }
        return blocks >= Limits.testBlocks ? count : 0
    }
}

extension BusinessPattern {
    mutating func began(_ call: UInt64, _ kind: CallKind, price: Int64, at time: UInt32) {
        calls.add(call)
        running.start(price: price)
        minute.add(1, at: time)
        hour.add(1, at: time)
        day.add(1, at: time)
        minuteHabit.observe(minute.sum(at: time), at: time)
        hourHabit.observe(hour.sum(at: time), at: time)
        dayHabit.observe(day.sum(at: time), at: time)
        concurrencyHabit.observe(Int(running.calls), at: time)
        costRateHabit.observe(running.rate(with: 0), at: time)
        guard kind.contains(.closed) else { return }
        closedHour.add(1, at: time)
        closedHabit.observe(closedHour.sum(at: time), at: time)
    }

    mutating func ended(_ call: RunningCall, seconds: Int, cents: Int, at time: UInt32) {
        running.end(price: call.price, answeredAt: call.answeredAt)
        cost.add(cents, at: time)
        costHabit.observe(cost.sum(at: time), at: time)
        guard call.kind.contains(.highRisk), call.answeredAt != nil, seconds < Limits.shortCallSeconds else { return }
        (tests[Int(nextTest)], testTimes[Int(nextTest)]) = (call.number / 1_000, time)
        nextTest = (nextTest + 1) % 16
    }

    mutating func learnNothing(at time: UInt32) {
        minuteHabit.stop(at: time)
        hourHabit.stop(at: time)
        dayHabit.stop(at: time)
        concurrencyHabit.stop(at: time)
        costRateHabit.stop(at: time)
        costHabit.stop(at: time)
        closedHabit.stop(at: time)
    }

    /// An operator ends the stops: what led to them counts no more.
    mutating func release() {
        let fresh = BusinessPattern()
        (stop, highRiskStop, told) = (fresh.stop, fresh.highRiskStop, 0)
        (minute, hour, day) = (fresh.minute, fresh.hour, fresh.day)
        (closedHour, cost, tests) = (fresh.closedHour, fresh.cost, fresh.tests)
    }
}

extension BusinessPattern: PatternCoded {
    mutating func code(_ coder: inout PatternCoder) {
        stop.code(&coder)
        highRiskStop.code(&coder)
        coder.code(&told)
        coder.code(&toldEnd)
        for field in [\Self.minute, \.hour, \.day, \.closedHour, \.cost] { self[keyPath: field].code(&coder) }
        coder.code(&tests)
        coder.code(&testTimes)
        coder.code(&nextTest)
        nextTest %= 16
        calls.code(&coder)
        for field in [
            \Self.minuteHabit, \.hourHabit, \.dayHabit, \.concurrencyHabit, \.costRateHabit, \.costHabit, \.closedHabit,
        ] { self[keyPath: field].code(&coder) }
    }
}
