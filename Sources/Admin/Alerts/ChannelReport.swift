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
    public var newKey: WebhookKey?

    init(
        _ access: AlertChannelAccess,
        _ standing: ChannelStanding?,
        _ traffic: ChannelTraffic?,
        at now: WallTime,
        newKey: WebhookKey? = nil
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
            return "FAILS since \(since.description.prefix(19))Z: \(traffic.failure ?? "")"
        }
        guard isConfirmed else { return confirmedAt == nil ? "never confirmed" : "not confirmed for long" }
        return "confirmed by \(confirmedBy ?? "-")"
    }
}

/// A key that webhooks are signed with, on its way to whoever checks the signatures.
///
/// Its JSON holds it in clear: whoever encodes it is delivering it. Printed in any other way it shows as «redacted».
public struct WebhookKey: Sendable {
    public let secret: Redacted<String>

    public init(_ secret: Redacted<String>) { self.secret = secret }
}

extension WebhookKey: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.secret.reveal { mine in right.secret.reveal { theirs in copy mine == copy theirs } }
    }

    /// Of nothing: a hash of a secret would tell something of it.
    public func hash(into hasher: inout Hasher) {}
}

extension WebhookKey: Codable {
    public init(from decoder: any Decoder) throws {
        secret = Redacted(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try secret.reveal { text in try container.encode(copy text) }
    }
}
