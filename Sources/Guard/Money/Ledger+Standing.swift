// SPDX-License-Identifier: Apache-2.0

public import Model
import Primitives

/// How a budget stands: what people see, live.
public struct SpendStanding: Codable, Hashable, Sendable {
    public struct Line: Codable, Hashable, Sendable {
        public let span: SpendSpan
        /// While the business is closed; otherwise at all hours.
        public let isAfterHours: Bool
        /// Spent and reserved, calls in progress included.
        public let spent: Money
        public let limit: Money

        public init(span: SpendSpan, isAfterHours: Bool, spent: Money, limit: Money) {
            (self.span, self.isAfterHours, self.spent, self.limit) = (span, isAfterHours, spent, limit)
        }
    }

    public let pool: SpendPool
    /// Hour, day and week, then the same for closed hours.
    public let lines: [Line]
    /// Legs in progress, ringing ones included.
    public let running: Int
    /// What is reserved for these.
    public let inProgress: Money
    /// The most that each second costs beyond the budget in which these should have ended and have not.
    public let overshoot: Money

    public init(pool: SpendPool, lines: [Line], running: Int, inProgress: Money, overshoot: Money) {
        (self.pool, self.lines, self.running) = (pool, lines, running)
        (self.inProgress, self.overshoot) = (inProgress, overshoot)
    }
}

extension Ledger {
    /// Legs in progress, ringing ones included.
    public var runningCount: Int { charges.count - free.count }

    /// How a budget stands. For people, not for calls: O(n) in the legs that run.
    public mutating func standing(of pool: SpendPool, at moment: LedgerMoment) -> SpendStanding {
        let now = time(moment.now)
        books.advance(to: now)
        let account = books.account(of: pool) ?? emptyAccount(of: pool, at: now, moment.wall)
        var load = Load()
        for case .some(let leg) in charges where takes(leg, from: pool) { load.add(leg) }
        return Self.standing(account, load)
    }

    /// How all budgets stand that anything was taken from: O(n) in these and in the legs that run together.
    public mutating func standings(at moment: LedgerMoment) -> [SpendStanding] {
        books.advance(to: time(moment.now))
        var loads = [Load](repeating: Load(), count: books.accounts.count)
        for case .some(let leg) in charges {
            let chain = leg.money.chain
            for link in chain.indices where chain[link] >= 0 { loads[Int(chain[link])].add(leg) }
        }
        return zip(books.accounts, loads).map { Self.standing($0, $1) }
    }

    /// What runs on one budget.
    private struct Load {
        var count = 0
        var reserved: Int64 = 0
        var overshoot: Int64 = 0

        mutating func add(_ leg: RunningCharge) {
            count += 1
            reserved += leg.money.reserved
            overshoot = min(overshoot + leg.overshoot(lateBySeconds: 1), Limits.largestOvershoot)
        }
    }

    private static func standing(_ account: SpendAccount, _ load: Load) -> SpendStanding {
        SpendStanding(
            pool: account.pool,
            lines: [false, true].flatMap { closed in SpendSpan.allCases.map { line(account, $0, closed) } },
            running: load.count,
            inProgress: Money(clamping: load.reserved),
            overshoot: Money(clamping: load.overshoot)
        )
    }

    private func emptyAccount(of pool: SpendPool, at now: Int64, _ wall: WallTime) -> SpendAccount {
        let (open, closed) = limiting(pool, at: wall)
        return SpendAccount(pool: pool, limits: open, closedLimits: closed, at: now)
    }

    private func takes(_ leg: RunningCharge, from pool: SpendPool) -> Bool {
        let chain = leg.money.chain
        for link in chain.indices where chain[link] >= 0 && books.accounts[Int(chain[link])].pool == pool {
            return true
        }
        return false
    }

    private static func line(_ account: SpendAccount, _ span: SpendSpan, _ isAfterHours: Bool) -> SpendStanding.Line {
        SpendStanding.Line(
            span: span,
            isAfterHours: isAfterHours,
            spent: account.spent(span, isAfterHours: isAfterHours),
            limit: account.limit(span, isAfterHours: isAfterHours)
        )
    }

    // MARK: The overshoot

    /// The most that the legs of now can cost beyond their budgets, when a tick and the end of a leg together come so much later
    /// than promised: nothing for nothing, and otherwise for each leg the steps of its tariff that begin in that time.
    ///
    /// Promised is a tick after at most the length that the ledger was made with, and the end a second after the tick that named it.
    ///
    /// - Parameter pool: Only the legs of that budget; `nil` for all.
    public func overshoot(lateBy late: Duration, of pool: SpendPool? = nil) -> Money {
        let seconds = Overshoot.wholeSeconds(late)
        var sum: Int64 = 0
        for case .some(let leg) in charges where pool.map({ takes(leg, from: $0) }) ?? true {
            sum = min(sum + leg.overshoot(lateBySeconds: seconds), Limits.largestOvershoot)
        }
        return Money(clamping: sum)
    }
}

/// How much more than a budget can be spent, in figures that an owner can check.
public enum Overshoot {
    /// The most for so many calls of a tariff that end so much later than promised: calls · price · ⌈late / step⌉ · step.
    ///
    /// With 30 calls of 0.50 a minute in steps of a second: nothing in time, 0.25 for each second late.
    public static func bound(calls: Int, of tariff: Tariff, lateBy late: Duration) -> Money {
        let step = Int64(tariff.increments.next)
        let seconds = (min(wholeSeconds(late), Limits.longestLateness) + step - 1) / step * step
        let one = (tariff.perMinute.micros * seconds + 59) / 60
        let (all, overflow) = one.multipliedReportingOverflow(by: Int64(max(0, calls)))
        return overflow ? .largest : Money(clamping: all)
    }

    /// Rounded up.
    static func wholeSeconds(_ late: Duration) -> Int64 {
        let (seconds, attoseconds) = late.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return seconds &+ (attoseconds > 0 && seconds < .max ? 1 : 0)
    }
}
