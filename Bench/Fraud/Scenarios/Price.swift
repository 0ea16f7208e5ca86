// SPDX-License-Identifier: Apache-2.0

/// What a call to a number costs: a fee for the answer, and each minute in increments.
struct Price: Hashable {
    var setup: Money
    var minute: Money
    /// Seconds that are paid at least, once somebody has answered.
    var firstIncrement: Int
    /// Seconds by which the paid time grows afterwards.
    var nextIncrement: Int

    static let free = Price(setup: .zero, minute: .zero, firstIncrement: 1, nextIncrement: 1)

    /// The cost of `seconds` of speech after an answer; an answer that is hung up at once pays the first increment.
    func cost(seconds: Int) -> Money {
        let beyond = max(0, seconds - firstIncrement)
        let paid = firstIncrement + (beyond + nextIncrement - 1) / nextIncrement * nextIncrement
        return setup + Money(micros: (minute.micros * Int64(paid) + 59) / 60)
    }
}
