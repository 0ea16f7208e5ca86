// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Now, as the ledger needs it: to measure with, to write down, and whether the business is open as far as limits go.
public struct LedgerMoment: Sendable {
    public let now: MonotonicTime
    public let wall: WallTime
    public let isOpen: Bool

    public init(now: MonotonicTime, wall: WallTime, isOpen: Bool) {
        (self.now, self.wall, self.isOpen) = (now, wall, isOpen)
    }
}

/// What came of asking the ledger: kept by whoever asks and emptied by them, so that nothing is allocated for it each time.
public struct LedgerTurn: Sendable {
    /// To write down, in order. A reservation and an extension before what they pay for is spoken; where that fails, the leg ends.
    public var entries: [LedgerEntry] = []
    /// Legs to end now: CANCEL or BYE.
    public var ends: [EndedCharge] = []
    /// What people should know.
    public var alerts: [SpendAlert] = []

    public init() {}

    /// Empties it and keeps its memory.
    public mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        alerts.removeAll(keepingCapacity: true)
    }
}

/// A leg that must end, and why.
public struct EndedCharge: Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
        /// A budget has no room for its next slice.
        case budget(SpendPool, SpendSpan, isAfterHours: Bool, limit: Money)
        /// It has cost what one call may cost.
        case perCall(Money)
        /// It has lasted as long as a call of its kind may.
        case duration(LongestCall)
        /// Nobody answered for so long that its money is needed elsewhere.
        case unanswered
    }

    public let charge: ChargeID
    public let reason: Reason
    /// Whether it is still ringing: CANCEL instead of BYE.
    public let isRinging: Bool

    /// For the record, the log and the phone's display: what ended the call, with its figure.
    public func sentence(in currency: Currency) -> String {
        switch reason {
        case .budget(let pool, let span, let isAfterHours, let limit):
            "\(SpendWords.budget(pool, span, isAfterHours)) of \(limit.text(in: currency)) is used up"
        case .perCall(let limit): "the call has cost the \(limit.text(in: currency)) that one call may cost"
        case .duration(let longest): "the call has lasted the \(longest.minutes) minutes that such a call may last"
        case .unanswered: "nobody answered"
        }
    }
}

/// How far a budget is used up: told at 50, 80 and 100 hundredths, each once in its window.
public struct SpendAlert: Hashable, Sendable {
    public let pool: SpendPool
    public let span: SpendSpan
    public let isAfterHours: Bool
    /// 50, 80 or 100.
    public let percent: Int
    public let spent: Money
    public let limit: Money

    /// `80 % of the budget of extension 201 for a day is used: 9.60 EUR of 12.00 EUR`.
    public func sentence(in currency: Currency) -> String {
        "\(percent) % of \(SpendWords.budget(pool, span, isAfterHours)) is used: "
            + "\(spent.text(in: currency)) of \(limit.text(in: currency))"
    }
}

enum SpendWords {
    /// `the budget of extension 201 for a day while the business is closed`; `the budget of the business for calls at home within
    /// a day`.
    static func budget(_ pool: SpendPool, _ span: SpendSpan, _ isAfterHours: Bool) -> String {
        let length = span == .hour ? "an hour" : "a \(span)"
        let owner: String
        switch pool {
        case .business: owner = "the business"
        case .extension, .group, .trunk: owner = "\(pool)"
        case .home: owner = "the business for calls at home"
        case .extensionAtHome(let number): owner = "extension \(number) for calls at home"
        case .ceiling: return "the ceiling above all calls within \(length)"
        }
        let joint = pool.isAtHome ? "within" : "for"
        return "the budget of \(owner) \(joint) \(length)\(isAfterHours ? " while the business is closed" : "")"
    }
}
