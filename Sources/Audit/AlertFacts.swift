// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// What people are told, and whether it arrives, as the checks see it.
public struct AlertFacts: Sendable {
    /// A way by which people are told.
    public struct Channel: Sendable {
        public let channel: AlertChannel
        public let standing: ChannelStanding?
        /// `nil` while it works, or was not tried.
        public let failingSince: WallTime?
        public let failure: String?

        public init(
            _ channel: AlertChannel,
            _ standing: ChannelStanding?,
            failingSince: WallTime? = nil,
            failure: String? = nil
        ) {
            (self.channel, self.standing) = (channel, standing)
            (self.failingSince, self.failure) = (failingSince, failure)
        }
    }

    public var channels: [Channel]
    /// What people were told, the newest first; at most ``Limits/alertsExamined``.
    public var told: [AlertMessage.Item]
    /// What was noticed, the newest first; as many.
    public var noticed: [SecurityEvent]
    /// Messages that are on their way since before then, and why.
    public var waiting: [AlertMessage]
    /// What is wrong with the running system for longer than it takes to be told.
    public var faults: [Finding]
    /// When it was last looked at by itself; `nil` for never.
    public var lookedAt: WallTime?
    /// Since when it runs: what was noticed before may have been told by another version.
    public var runsSince: WallTime

    public init(
        channels: [Channel] = [],
        told: [AlertMessage.Item] = [],
        noticed: [SecurityEvent] = [],
        waiting: [AlertMessage] = [],
        faults: [Finding] = [],
        runsSince: WallTime
    ) {
        (self.channels, self.told, self.noticed) = (channels, told, noticed)
        (self.waiting, self.faults, self.runsSince) = (waiting, faults, runsSince)
    }
}
