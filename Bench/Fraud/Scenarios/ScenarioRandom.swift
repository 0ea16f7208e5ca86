// SPDX-License-Identifier: Apache-2.0

/// SplitMix64 with streams: what one part of a scenario draws does not change what another part draws.
///
/// Only integers are drawn, so a scenario is the same on each machine.
struct ScenarioRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    /// A generator of its own for the part `number`; this one is not moved.
    func stream(_ number: Int) -> ScenarioRandom {
        var mixed = ScenarioRandom(state ^ UInt64(truncatingIfNeeded: number) &* 0xD134_2543_DE82_EF95)
        return ScenarioRandom(mixed.next())
    }

    /// Evenly from `range`.
    mutating func pick(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(truncatingIfNeeded: next() >> 33) % (range.upperBound - range.lowerBound + 1)
    }

    /// Evenly from `elements`, which hold at least one.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[pick(0...(elements.count - 1))]
    }

    /// True in `perMille` of 1,000 draws.
    mutating func chance(perMille: Int) -> Bool { pick(0...999) < perMille }

    /// The elements in another order.
    mutating func mixed<Element>(_ elements: [Element]) -> [Element] {
        var mixed = elements
        for index in mixed.indices.dropFirst().reversed() { mixed.swapAt(index, pick(0...index)) }
        return mixed
    }

    /// An index below `count`, the low ones more often: the larger of people's few usual choices.
    mutating func usual(below count: Int) -> Int {
        min(pick(0...(count - 1)), pick(0...(count - 1)), pick(0...(count - 1)))
    }

    /// A count whose mean is `tenths` / 10 and whose variance is about a quarter of its mean squared, plus its mean.
    mutating func count(tenths: Int) -> Int {
        let mean = tenths * (pick(0...100) + pick(0...100)) / 100
        return mean / 10 + (pick(0...9) < mean % 10 ? 1 : 0)
    }
}
