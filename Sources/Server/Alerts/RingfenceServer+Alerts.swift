// SPDX-License-Identifier: Apache-2.0

public import Admin
public import Model

extension RingfenceServer: AlertBoard {
    public func traffic() async -> [ChannelTraffic] { await alerts.traffic }

    public func tell(_ finding: Finding) async { await alerts.tell(finding, at: SystemClock.wall) }

    public func send(_ letter: AlertLetter, over access: AlertChannelAccess) async throws(DeliveryFailure) {
        try await courier.deliver(letter, over: access)
        await alerts.passed(access.channel.name)
    }
}

extension Finding {
    /// Channels by which people are told, each that fails by itself: told over the others.
    static func channels(_ traffic: [ChannelTraffic]) -> [Finding] {
        let failing = traffic.filter { $0.failingSince != nil }
        guard !failing.isEmpty else {
            let waiting = traffic.reduce(0) { $0 + $1.waiting }
            return [Finding(.alertChannel, .good, "alerts: \(traffic.count) channels, messages that wait: \(waiting)")]
        }
        return failing.map { channel in
            Finding(
                .alertChannel,
                failing.count == traffic.count ? .critical : .warning,
                "Nobody is told over the alert channel \(channel.channel).",
                subject: channel.channel.text,
                evidence: "\(channel.failure ?? "It fails"). Messages that wait: \(channel.waiting).",
                remedy: "See what it says now: ringfence alert channel test \(channel.channel)",
                visibleAfter: Admin.Limits.channelPasses
            )
        }
    }
}
