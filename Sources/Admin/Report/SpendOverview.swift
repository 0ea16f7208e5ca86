// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives

/// What calls may cost, and what they have cost.
public struct SpendOverview: Codable, Hashable, Sendable {
    public let settings: SpendSettings
    /// Of budgets that anything was taken from; `nil` when the server does not say.
    public let standings: [SpendStanding]?
    public let at: WallTime

    public init(settings: SpendSettings, standings: [SpendStanding]?, at time: WallTime) {
        (self.settings, self.standings, at) = (settings, standings, time)
    }
}
