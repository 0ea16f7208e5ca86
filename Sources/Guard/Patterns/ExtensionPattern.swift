// SPDX-License-Identifier: Apache-2.0

import Model

/// How one extension calls the outside world.
struct ExtensionPattern: PatternRecord {
    let key: UInt64
    private(set) var lastUse: UInt32 = 0
    /// Its costly calls are stopped; with ``PatternRule/allHour`` every outside call is.
    var stop = PatternStop()
    /// Until when its thresholds are smaller, and until when its network is new to us.
    var changeEnd: UInt32 = 0
    var networkEnd: UInt32 = 0
    /// Until when its credential is new.
    var credentialEnd: UInt32 = 0
    /// Until when what would be asked counts as answered.
    private(set) var confirmedEnd: UInt32 = 0
    /// A bit for each rule that people have been told of, and until when.
    private var told: UInt32 = 0
    private var toldEnd: UInt32 = 0
    var running = RunningTotals()

    private var allHour = SlidingSum<UInt16>(seconds: 3_600)
    private var minute = SlidingSum<UInt16>(seconds: 60)
    private var hour = SlidingSum<UInt16>(seconds: 3_600)
    private var day = SlidingSum<UInt16>(seconds: 86_400)
    private var closedHour = SlidingSum<UInt16>(seconds: 3_600)
    private var closedDay = SlidingSum<UInt16>(seconds: 86_400)
    private var premium = SlidingSum<UInt16>(seconds: 86_400)
    /// Seconds of talk, and how many calls they were.
    private var talk = SlidingSum<UInt32>(seconds: 86_400)
    private var answered = SlidingSum<UInt16>(seconds: 86_400)
    /// Hundredths of the currency.
    private var cost = SlidingSum<UInt32>(seconds: 3_600)
    private var rareRegions = RecentSet()
    private var refused = RecentSet()
    private var refusedPremium = RecentSet()
    /// Short calls in a row.
    private var rowNumber: UInt64 = 0
    private var rowTime: UInt32 = 0
    private var rowCount: UInt32 = 0
    private(set) var calls = RecentCalls()

    private var hourHabit = WeeklyMost()
    private var dayHabit = WeeklyMost()
    private var talkHabit = WeeklyMost()
    private var costHabit = WeeklyMost()
    private var closedHourHabit = WeeklyMost()
    private var closedDayHabit = WeeklyMost()

    init(key: UInt64) { self.key = key }

    func weight(at time: UInt32) -> UInt32 {
        if stop.holds(at: time) || running.calls > 0 || time < changeEnd { return .max }
        guard lastUse > 0 else { return 0 }
        // Somebody who was never stopped and has not called for twelve weeks is as good as new.
        let silence = time.since(lastUse)
        return silence >= Limits.habitSeconds ? 0 : Limits.habitSeconds - silence
    }

    mutating func absorb(_ other: Self) {
        stop.absorb(other.stop)
        (changeEnd, networkEnd) = (max(changeEnd, other.changeEnd), max(networkEnd, other.networkEnd))
        credentialEnd = max(credentialEnd, other.credentialEnd)
    }

    /// A bit for each rule of which people have been told within 24 hours.
    func told(at time: UInt32) -> UInt32 { time < toldEnd ? told : 0 }

    mutating func tell(_ rule: PatternRule, at time: UInt32) {
        if time >= toldEnd { (told, toldEnd) = (0, time.later(by: 86_400)) }
        told |= rule.bit
    }

    mutating func touch(at time: UInt32) { lastUse = time }

    func isConfirmed(at time: UInt32) -> Bool { time < confirmedEnd }

    /// Compares what one more call would make of it.
    func weighAll(into weighing: inout Weighing) {
        weighing.weigh(.allHour, allHour.sum(at: weighing.time) + 1, .caller)
    }

    func weighCostly(_ attempt: OutsideAttempt, _ kind: CallKind, into weighing: inout Weighing) {
        let time = weighing.time
        weighing.weigh(.costlyMinute, minute.sum(at: time) + 1, .caller)
        weighing.weigh(.costlyHour, hour.sum(at: time) + 1, .caller, habit: hourHabit)
        weighing.weigh(.costlyDay, day.sum(at: time) + 1, .caller, habit: dayHabit)
        weighing.weigh(.concurrency, Int(running.calls) + 1, .caller)
        weighing.weigh(.costRate, running.rate(with: attempt.boundedPrice), .caller)
        weighing.weigh(.costHour, cost.sum(at: time) + running.cost(at: time), .caller, habit: costHabit)
        weighDurations(into: &weighing)
        if kind.contains(.premium) { weighing.weigh(.premiumDay, premium.sum(at: time) + 1, .caller) }
        if kind.contains(.closed) {
            weighing.weigh(.closedHour, closedHour.sum(at: time) + 1, .caller, habit: closedHourHabit)
            weighing.weigh(.closedDay, closedDay.sum(at: time) + 1, .caller, habit: closedDayHabit)
        }
        if attempt.number.value == rowNumber, time.since(rowTime) < 3_600 {
            weighing.weigh(.shortRow, Int(rowCount) + 1, .caller)
        }
    }

    private func weighDurations(into weighing: inout Weighing) {
        let minutes = talkMinutes(at: weighing.time)
        weighing.weigh(.talkTime, minutes, .caller, habit: talkHabit)
        let count = answered.sum(at: weighing.time) + Int(clamping: max(running.answered, 0))
        if count >= Limits.averagedCalls { weighing.weigh(.averageDuration, minutes / count, .caller) }
    }

    func talkMinutes(at time: UInt32) -> Int { (talk.sum(at: time) + running.seconds(at: time)) / 60 }

    func weighRareRegion(_ region: Region, into weighing: inout Weighing) {
        let count = rareRegions.count(with: region.item, at: weighing.time, within: 86_400)
        weighing.weigh(.rareCountries, count, .caller)
    }

    func weighRefused(_ number: PhoneNumber, isPremium: Bool, into weighing: inout Weighing) {
        let (time, window) = (weighing.time, Limits.refusedSeconds)
        if isPremium {
            weighing.weigh(.refusedPremium, refusedPremium.count(with: number.value, at: time, within: window), .caller)
        }
        weighing.weigh(.refusedNumbers, refused.count(with: number.value, at: time, within: window), .caller)
    }
}

extension ExtensionPattern {
    mutating func began(_ call: UInt64, _ kind: CallKind, price: Int64, rare region: Region?, at time: UInt32) {
        allHour.add(1, at: time)
        calls.add(call)
        guard kind.contains(.costly) else { return }
        running.start(price: price)
        minute.add(1, at: time)
        hour.add(1, at: time)
        day.add(1, at: time)
        hourHabit.observe(hour.sum(at: time), at: time)
        dayHabit.observe(day.sum(at: time), at: time)
        if kind.contains(.premium) { premium.add(1, at: time) }
        if kind.contains(.closed) {
            closedHour.add(1, at: time)
            closedDay.add(1, at: time)
            closedHourHabit.observe(closedHour.sum(at: time), at: time)
            closedDayHabit.observe(closedDay.sum(at: time), at: time)
        }
        if let region { rareRegions.insert(region.item, at: time) }
    }

    /// - Parameters:
    ///   - seconds: How long it was answered; 0 for not at all.
    ///   - cents: Hundredths of the currency.
    mutating func ended(_ call: RunningCall, seconds: Int, cents: Int, at time: UInt32) {
        running.end(price: call.price, answeredAt: call.answeredAt)
        cost.add(cents, at: time)
        costHabit.observe(cost.sum(at: time), at: time)
        guard call.answeredAt != nil else { return }
        talk.add(seconds, at: time)
        answered.add(1, at: time)
        talkHabit.observe(talkMinutes(at: time), at: time)
        countRow(call.number, isShort: seconds < Limits.shortCallSeconds, at: time)
    }

    private mutating func countRow(_ number: UInt64, isShort: Bool, at time: UInt32) {
        let goesOn = isShort && number == rowNumber && time.since(rowTime) < 3_600
        (rowNumber, rowTime, rowCount) = (number, time, isShort ? (goesOn ? rowCount + 1 : 1) : 0)
    }

    mutating func refuse(_ number: PhoneNumber, isPremium: Bool, at time: UInt32) {
        refused.insert(number.value, at: time)
        if isPremium { refusedPremium.insert(number.value, at: time) }
    }

    /// Whoever calls has shown who they are.
    mutating func confirm(at time: UInt32) {
        (changeEnd, networkEnd) = (0, 0)
        confirmedEnd = time.later(by: Limits.confirmedSeconds)
    }

    /// Its calls were stopped: what it did this week is not usual.
    mutating func learnNothing(at time: UInt32) {
        hourHabit.stop(at: time)
        dayHabit.stop(at: time)
        talkHabit.stop(at: time)
        costHabit.stop(at: time)
        closedHourHabit.stop(at: time)
        closedDayHabit.stop(at: time)
    }

    /// An operator ends the stop: what led to it counts no more, or the next call would be stopped again.
    mutating func release() {
        let fresh = ExtensionPattern(key: key)
        (stop, changeEnd, networkEnd, credentialEnd, told) = (fresh.stop, 0, 0, 0, 0)
        (allHour, minute, hour, day) = (fresh.allHour, fresh.minute, fresh.hour, fresh.day)
        (closedHour, closedDay, premium) = (fresh.closedHour, fresh.closedDay, fresh.premium)
        (talk, answered, cost) = (fresh.talk, fresh.answered, fresh.cost)
        (rareRegions, refused, refusedPremium, rowCount) = (fresh.rareRegions, fresh.refused, fresh.refusedPremium, 0)
    }
}

extension ExtensionPattern: PatternCoded {
    /// Calls in progress do not outlive a restart, so they are not named.
    mutating func code(_ coder: inout PatternCoder) {
        coder.code(&lastUse)
        stop.code(&coder)
        for field in [
            \Self.changeEnd, \.networkEnd, \.credentialEnd, \.confirmedEnd, \.told, \.toldEnd, \.rowTime, \.rowCount,
        ] {
            coder.code(&self[keyPath: field])
        }
        for field in [\Self.allHour, \.minute, \.hour, \.day, \.closedHour, \.closedDay, \.premium, \.answered] {
            self[keyPath: field].code(&coder)
        }
        talk.code(&coder)
        cost.code(&coder)
        rareRegions.code(&coder)
        refused.code(&coder)
        refusedPremium.code(&coder)
        coder.code(&rowNumber)
        calls.code(&coder)
        for field in [
            \Self.hourHabit, \.dayHabit, \.talkHabit, \.costHabit, \.closedHourHabit, \.closedDayHabit,
        ] { self[keyPath: field].code(&coder) }
    }
}
