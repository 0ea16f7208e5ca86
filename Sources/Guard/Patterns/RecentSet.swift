// SPDX-License-Identifier: Apache-2.0

/// The last eight different things that were seen, and when. The one that was seen longest ago makes room. 96 bytes.
struct RecentSet: Sendable {
    static var places: Int { 8 }
    private var items = InlineArray<8, UInt64>(repeating: 0)
    private var times = InlineArray<8, UInt32>(repeating: 0)

    /// - Parameter item: Not 0.
    mutating func insert(_ item: UInt64, at time: UInt32) {
        var oldest = 0
        for place in items.indices {
            if items[place] == item {
                oldest = place
                break
            }
            if items[oldest] != 0, items[place] == 0 || times[place] < times[oldest] { oldest = place }
        }
        (items[oldest], times[oldest]) = (item, time)
    }

    /// How many were seen within `seconds`, with `item` as one of them; 0 leaves it out.
    func count(with item: UInt64 = 0, at time: UInt32, within seconds: UInt32) -> Int {
        var count = item == 0 ? 0 : 1
        for place in items.indices where items[place] != 0 && items[place] != item {
            if time.since(times[place]) < seconds { count += 1 }
        }
        return count
    }

    /// Those that were seen within `seconds`: what is different in them, and in what is left of them after division.
    ///
    /// - Returns: The lesser of both.
    func pairs(with item: UInt64, at time: UInt32, within seconds: UInt32, splitAt divisor: UInt64) -> Int {
        var (heads, tails) = (1, 1)
        for place in items.indices where items[place] != 0 && time.since(times[place]) < seconds {
            let (head, tail) = (items[place] / divisor, items[place] % divisor)
            var (isNewHead, isNewTail) = (head != item / divisor, tail != item % divisor)
            for other in 0..<place where items[other] != 0 && time.since(times[other]) < seconds {
                if items[other] / divisor == head { isNewHead = false }
                if items[other] % divisor == tail { isNewTail = false }
            }
            if isNewHead { heads += 1 }
            if isNewTail { tails += 1 }
        }
        return min(heads, tails)
    }

    mutating func clear() { items = InlineArray(repeating: 0) }
}

extension RecentSet: PatternCoded {
    mutating func code(_ coder: inout PatternCoder) {
        coder.code(&items)
        coder.code(&times)
    }
}

/// The last eight calls that counted, for people who want to look at them.
struct RecentCalls: Sendable {
    private var calls = InlineArray<8, UInt64>(repeating: 0)
    private var next: UInt8 = 0

    init() {}

    init(_ call: UInt64) { add(call) }

    mutating func add(_ call: UInt64) {
        calls[Int(next % 8)] = call
        next = (next + 1) % 8
    }

    /// The latest first.
    var list: [UInt64] { (0..<8).map { call($0) }.filter { $0 != 0 } }

    /// The one that is so many older than the latest; 0 for none.
    private func call(_ age: Int) -> UInt64 { calls[(Int(next) + 7 - age) % 8] }
}

extension RecentCalls: Hashable {
    static func == (left: Self, right: Self) -> Bool {
        (0..<8).allSatisfy { left.call($0) == right.call($0) }
    }

    func hash(into hasher: inout Hasher) { for age in 0..<8 { hasher.combine(call(age)) } }
}

extension RecentCalls: PatternCoded {
    mutating func code(_ coder: inout PatternCoder) {
        coder.code(&calls)
        coder.code(&next)
        next %= 8
    }
}
