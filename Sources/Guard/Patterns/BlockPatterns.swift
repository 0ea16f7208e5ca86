// SPDX-License-Identifier: Apache-2.0

import Model

/// Which numbers of one block of a hundred were called within the last 24 to 32 hours: a bit for each, in four parts of eight
/// hours.
struct HundredPattern: PatternRecord {
    let key: UInt64
    private var numbers = InlineArray<4, UInt128>(repeating: 0)
    private var latest: UInt32 = 0

    init(key: UInt64) { self.key = key }

    static func key(of number: PhoneNumber) -> UInt64 { number.value / 100 }

    /// How many, with this one.
    func count(with number: PhoneNumber, at time: UInt32) -> Int {
        let now = time / 28_800
        var all = UInt128(1) << UInt128(number.value % 100)
        guard now <= latest || now - latest < 4 else { return 1 }
        for age in 0..<(4 - (now > latest ? now - latest : 0)) where latest >= age {
            all |= numbers[Int((latest - age) % 4)]
        }
        return all.nonzeroBitCount
    }

    mutating func add(_ number: PhoneNumber, at time: UInt32) {
        let now = time / 28_800
        if now > latest {
            for step in 0..<min(now - latest, 4) { numbers[Int((now - step) % 4)] = 0 }
            latest = now
        }
        numbers[Int(latest % 4)] |= UInt128(1) << UInt128(number.value % 100)
    }

    mutating func absorb(_: Self) {}

    /// What holds more numbers is worth more; what has passed nothing.
    func weight(at time: UInt32) -> UInt32 {
        let now = time / 28_800
        guard now <= latest || now - latest < 4 else { return 0 }
        var count: UInt32 = 0
        for place in numbers.indices { count += UInt32(numbers[place].nonzeroBitCount) }
        return count
    }

    mutating func code(_ coder: inout PatternCoder) {
        coder.code(&latest)
        for place in numbers.indices { coder.code(&numbers[place]) }
    }
}

/// How a business calls one block of a thousand numbers: on how many days, and which extensions which numbers lately.
struct ThousandPattern: PatternRecord {
    let key: UInt64
    /// The number of the day of the last call, and on how many days there was one.
    private var lastDay: UInt16 = 0
    private var days: UInt8 = 0
    /// The key of an extension, times a thousand, and the last three digits of the number.
    private var callers = RecentSet()

    init(key: UInt64) { self.key = key }

    static func key(of number: PhoneNumber) -> UInt64 { number.value / 1_000 }

    /// Days before today on which it was called, up to 255.
    func days(before time: UInt32) -> Int { Int(days) - (lastDay == time.day && days > 0 ? 1 : 0) }

    /// Extensions that called different numbers of it within six hours, with this one.
    func callers(with caller: UInt64, _ number: PhoneNumber, at time: UInt32) -> Int {
        callers.pairs(
            with: Self.item(caller, number),
            at: time,
            within: Limits.manyExtensionsSeconds,
            splitAt: 1_000
        )
    }

    mutating func add(_ caller: UInt64, _ number: PhoneNumber, at time: UInt32) {
        callers.insert(Self.item(caller, number), at: time)
        guard time.day != lastDay else { return }
        if time.day > lastDay, Int(time.day - lastDay) > Limits.familiarDays { days = 0 }
        (lastDay, days) = (time.day, days < .max ? days + 1 : .max)
    }

    private static func item(_ caller: UInt64, _ number: PhoneNumber) -> UInt64 {
        caller &* 1_000 &+ number.value % 1_000
    }

    mutating func absorb(_: Self) {}

    /// What was called on more days is worth more, and of those what was called last.
    func weight(at time: UInt32) -> UInt32 {
        guard time.day <= lastDay || Int(time.day - lastDay) <= Limits.familiarDays else { return 0 }
        return 1 + UInt32(days) << 16 + UInt32(lastDay)
    }

    mutating func code(_ coder: inout PatternCoder) {
        coder.code(&lastDay)
        coder.code(&days)
        callers.code(&coder)
    }
}
