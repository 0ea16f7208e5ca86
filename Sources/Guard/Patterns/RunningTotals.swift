// SPDX-License-Identifier: Apache-2.0

/// Costly calls in progress, as sums: what they have cost and how long they have lasted is known at every moment without a
/// look at any of them. The sums may pass the largest number and come back; their differences are right all the same.
struct RunningTotals: Sendable {
    /// Ringing and answered.
    private(set) var calls: UInt32 = 0
    private(set) var answered: Int64 = 0
    private var answerTimes: Int64 = 0
    /// Millionths of the currency a minute, of all that were answered.
    private var price: Int64 = 0
    private var priceTimes: Int64 = 0
    /// The same of all, ringing ones included.
    private var allPrice: Int64 = 0

    mutating func start(price: Int64) {
        calls += calls < .max ? 1 : 0
        allPrice &+= price
    }

    mutating func answer(price each: Int64, at time: UInt32) {
        answered &+= 1
        answerTimes &+= Int64(time)
        price &+= each
        priceTimes &+= each &* Int64(time)
    }

    /// - Parameter answeredAt: `nil` for a call that nobody answered.
    mutating func end(price each: Int64, answeredAt: UInt32?) {
        calls -= calls > 0 ? 1 : 0
        allPrice &-= each
        guard let answeredAt else { return }
        answered &-= 1
        answerTimes &-= Int64(answeredAt)
        price &-= each
        priceTimes &-= each &* Int64(answeredAt)
    }

    /// Seconds that they have lasted, together.
    func seconds(at time: UInt32) -> Int { Int(clamping: max(answered &* Int64(time) &- answerTimes, 0)) }

    /// Hundredths of the currency that they have cost.
    func cost(at time: UInt32) -> Int { Int(clamping: max(price &* Int64(time) &- priceTimes, 0) / 600_000) }

    /// Hundredths of the currency that a minute of all of them costs, with one more.
    func rate(with price: Int64) -> Int { Int(clamping: max(allPrice &+ price, 0) / 10_000) }
}

/// One call that was begun and has not ended.
struct RunningCall: Sendable {
    /// The key of its extension, and where its record is, which stays there while the call lasts.
    let caller: UInt64
    let place: Int
    let number: UInt64
    /// Millionths of the currency a minute.
    let price: Int64
    let kind: CallKind
    let startedAt: UInt32
    var answeredAt: UInt32?
    /// How often people were told how long it lasts: 0, 1 for the warning, 2 for the end.
    var told: UInt8 = 0
}
