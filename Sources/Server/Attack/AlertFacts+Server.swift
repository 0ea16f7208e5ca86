// SPDX-License-Identifier: Apache-2.0

import Admin
public import Audit
import Guard
import Model
import NIOPosix
import Primitives
import Store

extension RingfenceServer {
    /// What people were told and whether it arrives; `nil` when it cannot be read.
    func alertFacts(_ store: BusinessStore) async -> AlertFacts? {
        let limit = Audit.Limits.alertsExamined
        let kept = try? await store.read { backend in
            (
                told: try backend.alerts(limit: limit), noticed: try backend.events(limit: limit),
                messages: try backend.alertMessages(endedSince: SystemClock.wall),
                standings: try backend.channelStandings()
            )
        }
        guard let kept else { return nil }
        let traffic = await alerts.traffic
        let channels = store.snapshot.outside.alerts.sorted.map { access in
            let name = access.channel.name
            let seen = traffic.first { $0.channel == name }
            return AlertFacts.Channel(
                access.channel,
                kept.standings[name],
                failingSince: seen?.failingSince,
                failure: seen?.failure
            )
        }
        var facts = AlertFacts(
            channels: channels,
            told: kept.told,
            noticed: kept.noticed,
            waiting: kept.messages.filter(\.waits),
            faults: await alerts.faults,
            runsSince: startedAt
        )
        facts.lookedAt = await runner.reports.first { $0.name == Self.healthReviewName }?.last?.startedAt
        return facts
    }
}

extension Insider {
    /// Looks at what people are told by the server that works in an installation, and rehearses what they would be told of faults.
    public mutating func listenToAlerts(of installation: Installation) {
        let directory = installation.directory
        alerts = { () async throws(WireError) in
            let seen = try? await NIOThreadPool.singleton.runIfActive {
                try ControlClient(directory: directory).perform(ListAlerts(limit: Admin.Limits.defaultLines))
            }
            guard let seen else { throw WireError(.closed, "the control socket gave no answer") }
            return seen
        }
        faults = { minutes in
            // The settings say nothing of faults.
            guard let domain = DomainName(parsing: installation.settings.domain) else { return [] }
            let office = Snapshot(generation: 0, domain: domain, extensions: [], devices: [])
            return ServiceDrill.rehearse(minutes, in: office, from: SystemClock.wall)
        }
    }
}
