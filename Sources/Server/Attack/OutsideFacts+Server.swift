// SPDX-License-Identifier: Apache-2.0

import Admin
import Audit
import Calls
import Guard
import Model
import Primitives
import Store

extension RingfenceServer {
    /// Calls to the outside as the audit sees them: what the signalling loop decides by, and what is kept about it.
    func outsideFacts(_ store: BusinessStore) async -> OutsideFacts {
        let live = await hop.ask { signalling in
            (
                signalling.loop.switchboard.outside,
                signalling.loop.switchboard.standings(at: SystemClock.now),
                signalling.loop.switchboard.stops(at: SystemClock.now)
            )
        }
        let kept = try? await store.read { backend in
            let steps = try [CeilingSteps.asked, CeilingSteps.agreed].flatMap {
                try backend.journal(JournalQuery(limit: Audit.Limits.ceilingSteps, action: $0))
            }
            return Kept(
                settings: try backend.storedSettings().outside,
                dialing: try backend.lastChange(by: [.openDialling, .closeDialling]),
                spending: try backend.lastChange(by: [.changeSpending]),
                patterns: try backend.lastChange(by: [.changePatterns, .releaseStops]),
                hours: try backend.lastChange(by: [.changeHours], but: SwitchNight.name),
                night: try backend.lastSwitch(),
                steps: steps.sorted { $0.sequence < $1.sequence }
            )
        }
        var facts = OutsideFacts(
            inForce: live?.0 ?? .none,
            stored: kept?.settings,
            dialingChangedAt: kept?.dialing,
            spendingChangedAt: kept?.spending,
            ceilingSteps: kept?.steps ?? [],
            standings: live?.1 ?? []
        )
        facts.patternsChangedAt = kept?.patterns
        facts.stops = live?.2 ?? []
        facts.hoursChangedAt = kept?.hours
        let snapshot = self.store.snapshot
        if let hours = snapshot.hours {
            facts.wasOpen = OutsideFacts.wasOpen(
                by: { hours.isOpen(at: $0) },
                in: snapshot.outside.routing,
                switchedAt: kept?.night
            )
        }
        return facts
    }
}

private struct Kept: Sendable {
    let settings: OutsideSettings
    let dialing: WallTime?
    let spending: WallTime?
    let patterns: WallTime?
    let hours: WallTime?
    let night: WallTime?
    let steps: [JournalEntry]
}

extension Backend {
    /// When a command that needs one of these rights was last carried out; `nil` for never.
    ///
    /// - Parameter other: A command that does not count.
    fileprivate func lastChange(by rights: Set<Right>, but other: String? = nil) throws -> WallTime? {
        try CommandRegistry.all.filter { !rights.isDisjoint(with: $0.rights) && $0.name != other }.compactMap {
            command in
            try journal(JournalQuery(limit: 1, action: command.name)).last?.at
        }.max()
    }

    /// When somebody last switched between day and night, by a command or by a phone; `nil` for never.
    fileprivate func lastSwitch() throws -> WallTime? {
        try [SwitchNight.name, Administrator.dialledCode].compactMap { action in
            try journal(JournalQuery(limit: 1, action: action, subject: SwitchNight.subject)).last?.at
        }.max()
    }
}
