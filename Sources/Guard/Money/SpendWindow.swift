// SPDX-License-Identifier: Apache-2.0

import Model

/// What was spent within a stretch of time that ends now, in parts of equal length. O(1), no allocation.
///
/// A part counts until all of it is older than the stretch, so what is counted is never less than what was spent in it: an hour
/// counts as 61 to 66 minutes. The minute more is for what was reserved shortly before it was spoken.
struct SpendWindow<let parts: Int>: Sendable {
    private var cells = InlineArray<parts, Int64>(repeating: 0)
    private(set) var total: Int64 = 0
    /// The part that `cells` ends with.
    private var newest: Int64 = 0
    /// Milliseconds of a part.
    private let length: Int64

    /// - Parameter seconds: Of the stretch of time.
    init(seconds: Int64) { length = seconds * 1_000 / Int64(parts - 1) + 5_000 }

    /// Forgets what is too old.
    ///
    /// - Parameter now: Milliseconds. What is earlier than before changes nothing.
    mutating func advance(to now: Int64) {
        let part = now / length
        guard part > newest else { return }
        for step in 1...min(part - newest, Int64(parts)) {
            let cell = place(of: newest + step)
            total -= cells[cell]
            cells[cell] = 0
        }
        newest = part
    }

    /// - Parameter time: Milliseconds. What is older than the stretch is not counted; what is still to come counts as now.
    mutating func add(_ micros: Int64, at time: Int64) {
        let part = min(time / length, newest)
        guard newest - part < Int64(parts) else { return }
        let (sum, overflow) = total.addingReportingOverflow(micros)
        guard !overflow, micros > 0 else { return }
        cells[place(of: part)] += micros
        total = sum
    }

    /// Takes back what was added at that time, as far as it is still there. A part that was written down and read again may stand
    /// one part later.
    mutating func remove(_ micros: Int64, at time: Int64) {
        let part = min(time / length, newest)
        let rest = take(micros, from: part)
        if rest > 0, part < newest { _ = take(rest, from: part + 1) }
    }

    private mutating func take(_ micros: Int64, from part: Int64) -> Int64 {
        guard newest - part < Int64(parts) else { return 0 }
        let taken = min(micros, cells[place(of: part)])
        cells[place(of: part)] -= taken
        total -= taken
        return micros - taken
    }

    /// What stands in each part that is not empty, with the last millisecond of it.
    var contents: [(micros: Int64, until: Int64)] {
        (max(0, newest - Int64(parts) + 1)...newest).compactMap { part in
            let micros = cells[place(of: part)]
            return micros > 0 ? (micros, (part + 1) * length - 1) : nil
        }
    }

    private func place(of part: Int64) -> Int { Int(part % Int64(parts)) }
}

/// The three stretches of time that a budget looks at.
struct SpendWindows: Sendable {
    private var hour = SpendWindow<13>(seconds: SpendSpan.hour.seconds)
    private var day = SpendWindow<25>(seconds: SpendSpan.day.seconds)
    private var week = SpendWindow<29>(seconds: SpendSpan.week.seconds)

    subscript(span: SpendSpan) -> Int64 {
        switch span {
        case .hour: hour.total
        case .day: day.total
        case .week: week.total
        }
    }

    mutating func advance(to now: Int64) {
        hour.advance(to: now)
        day.advance(to: now)
        week.advance(to: now)
    }

    mutating func add(_ micros: Int64, at time: Int64) {
        for span in SpendSpan.allCases { add(micros, at: time, to: span) }
    }

    mutating func add(_ micros: Int64, at time: Int64, to span: SpendSpan) {
        switch span {
        case .hour: hour.add(micros, at: time)
        case .day: day.add(micros, at: time)
        case .week: week.add(micros, at: time)
        }
    }

    mutating func remove(_ micros: Int64, at time: Int64) {
        hour.remove(micros, at: time)
        day.remove(micros, at: time)
        week.remove(micros, at: time)
    }

    func contents(of span: SpendSpan) -> [(micros: Int64, until: Int64)] {
        switch span {
        case .hour: hour.contents
        case .day: day.contents
        case .week: week.contents
        }
    }
}
