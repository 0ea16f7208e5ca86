// SPDX-License-Identifier: Apache-2.0

import Guard
public import Model
public import Primitives

/// A channel and how it does. Never its secret.
public struct ChannelReport: Hashable, Sendable, Codable {
    /// As ``AlertChannel/masked``.
    public let channel: AlertChannel
    public let hasSecret: Bool
    public let traffic: ChannelTraffic
    /// When somebody said that a test arrived, and who.
    public let confirmedAt: WallTime?
    public let confirmedBy: String?
    /// Whether that is not too long ago.
    public let isConfirmed: Bool
    /// The key that webhooks are signed with, in the answer to the command that made it and never again.
    public var newKey: DeliveredSecret?

    init(
        _ access: AlertChannelAccess,
        _ standing: ChannelStanding?,
        _ traffic: ChannelTraffic?,
        at now: WallTime,
        newKey: DeliveredSecret? = nil
    ) {
        (channel, hasSecret) = (access.channel.masked, access.secret != nil)
        self.traffic = traffic ?? ChannelTraffic(channel: access.channel.name)
        (confirmedAt, confirmedBy) = (standing?.confirmedAt, standing?.confirmedBy)
        isConfirmed = AlertRules.isConfirmed(standing, at: now)
        self.newKey = newKey
    }

    /// How it does, in a few words.
    public var stateWords: String {
        if let since = traffic.failingSince {
            return "FAILS since \(since.seconds): \(traffic.failure ?? "")"
        }
        guard isConfirmed else { return confirmedAt == nil ? "never confirmed" : "not confirmed for long" }
        return "confirmed by \(confirmedBy ?? "-")"
    }
}
