// SPDX-License-Identifier: Apache-2.0

import Model

/// Which countries a business has called, when last and on how many days. Two kilobytes, one place for every two letters.
struct RegionHistory: Sendable {
    private static let places = 26 * 26 + 1
    private var lastDay: [UInt16]
    private var days: [UInt8]

    init() {
        lastDay = Array(repeating: 0, count: Self.places)
        days = Array(repeating: 0, count: Self.places)
    }

    /// Whether there was no call within 90 days.
    func isNew(_ region: Region, at time: UInt32) -> Bool {
        let last = lastDay[region.place]
        return last == 0 || time.day > last && Int(time.day - last) > Limits.familiarDays
    }

    /// Days before today on which it was called, up to 255.
    func days(_ region: Region, before time: UInt32) -> Int {
        guard !isNew(region, at: time) else { return 0 }
        let place = region.place
        return Int(days[place]) - (lastDay[place] == time.day && days[place] > 0 ? 1 : 0)
    }

    mutating func add(_ region: Region, at time: UInt32) {
        let (place, today) = (region.place, time.day)
        guard lastDay[place] != today else { return }
        if isNew(region, at: time) { days[place] = 0 }
        (lastDay[place], days[place]) = (today, days[place] < .max ? days[place] + 1 : .max)
    }

    mutating func code(_ coder: inout PatternCoder) {
        for place in lastDay.indices {
            coder.code(&lastDay[place])
            if lastDay[place] != 0 { coder.code(&days[place]) }
        }
    }
}

extension Region {
    /// Its place in a table of every two letters; 0 for no country.
    fileprivate var place: Int {
        let (first, second) = (Int(rawValue >> 8) - 0x41, Int(rawValue & 0xFF) - 0x41)
        guard 0..<26 ~= first, 0..<26 ~= second else { return 0 }
        return first * 26 + second + 1
    }

    /// One word, never 0.
    var item: UInt64 { UInt64(rawValue) }
}

extension OutsideAttempt {
    /// Millionths of the currency a minute, from 0 to a thousand of it: what a deck says is not trusted with the arithmetic.
    var boundedPrice: Int64 { min(max(minutePrice, 0), 1_000_000_000) }
}
