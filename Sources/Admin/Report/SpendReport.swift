// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// How one budget stands.
public struct SpendReport: Codable, Hashable, Sendable {
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
    public let lines: [Line]
    /// Calls in progress, ringing ones included.
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

/// What calls may cost, and what they have cost.
public struct SpendOverview: Codable, Hashable, Sendable {
    public let settings: SpendSettings
    /// Of budgets that anything was taken from; `nil` when the server does not say.
    public let standings: [SpendReport]?
    public let at: WallTime

    public init(settings: SpendSettings, standings: [SpendReport]?, at time: WallTime) {
        (self.settings, self.standings, at) = (settings, standings, time)
    }
}
