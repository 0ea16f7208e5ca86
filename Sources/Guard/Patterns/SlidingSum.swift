// SPDX-License-Identifier: Apache-2.0

/// A sum over the last while, in sixteen parts: never less than the while, and at most a fifteenth more.
///
/// It does not begin anew at midnight or on the hour, so nothing can be spread over a border. Sums stop at their largest
/// value; a step of the clock by years costs as much as one by a second. 16 counts and 8 bytes.
struct SlidingSum<Count: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
    private static var parts: Int { 16 }
    private var counts = InlineArray<16, Count>(repeating: 0)
    /// The number of the part that was written last, since the clock began.
    private var latest: UInt32 = 0
    /// Seconds of one part.
    private let width: UInt32

    /// - Parameter seconds: How long the while is; a multiple of 15.
    init(seconds: UInt32) { width = max(seconds / 15, 1) }

    mutating func add(_ amount: Int, at time: UInt32) {
        let now = time / width
        advance(to: now)
        let place = Int(now % 16)
        let (sum, overflow) = counts[place].addingReportingOverflow(Count(clamping: max(amount, 0)))
        counts[place] = overflow ? .max : sum
    }

    func sum(at time: UInt32) -> Int {
        let now = time / width
        guard now >= latest, now - latest < 16 else { return now < latest ? total : 0 }
        var sum = 0
        for age in 0..<(16 - (now - latest)) where latest >= age {
            sum += Int(clamping: counts[Int((latest - age) % 16)])
        }
        return sum
    }

    mutating func clear() { counts = InlineArray(repeating: 0) }

    private var total: Int {
        var sum = 0
        for place in 0..<Self.parts { sum += Int(clamping: counts[place]) }
        return sum
    }

    /// Forgets the parts that have passed. A clock that goes back changes nothing.
    private mutating func advance(to now: UInt32) {
        guard now > latest else { return }
        let steps = min(now - latest, 16)
        for step in 0..<steps { counts[Int((now - step) % 16)] = 0 }
        latest = now
    }
}

extension SlidingSum: PatternCoded {
    mutating func code(_ coder: inout PatternCoder) {
        coder.code(&latest)
        coder.code(&counts)
    }
}
