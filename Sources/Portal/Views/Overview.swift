// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives

/// What takes long to find out and may be some seconds old, asked for once for all who look.
actor Overview {
    private struct Kept<Value: Sendable>: Sendable {
        let value: Value?
        let at: ContinuousClock.Instant

        var isFresh: Bool { ContinuousClock.now - at < Limits.overviewAge }
    }

    private let administrator: Administrator
    private var health: [Role: Kept<DoctorReport>] = [:]
    /// Looks that are under way: whoever asks meanwhile waits for the same one.
    private var looking: [Role: Task<DoctorReport?, Never>] = [:]
    private var attempts: [Role: Kept<Attempts>] = [:]
    private var records: [Role: Kept<[CallRecord]>] = [:]

    init(_ administrator: Administrator) { self.administrator = administrator }

    /// What the system says of itself; `nil` for whom it is not.
    func health(for visit: Visit) async -> DoctorReport? {
        let role = visit.session.role
        if let kept = health[role], kept.isFresh { return kept.value }
        if let look = looking[role] { return await look.value }
        let look = Task { await visit.ask(Diagnose()) }
        looking[role] = look
        let report = await look.value
        (looking[role], health[role]) = (nil, Kept(value: report, at: .now))
        return report
    }

    /// Who called whom in the days that costs are shown of; `nil` for whom it is not.
    func records(for visit: Visit) async -> [CallRecord]? {
        if let kept = records[visit.session.role], kept.isFresh { return kept.value }
        let since = visit.now + .seconds(-Int64(Limits.costDays) * 86_400)
        let found = await visit.ask(ListRecords(limit: Limits.countedRecords, since: since))
        // Of many extensions each has a role of its own.
        if records.count >= Limits.picturedRoles { records = [:] }
        records[visit.session.role] = Kept(value: found, at: .now)
        return found
    }

    /// What strangers tried in the last day; `nil` for whom it is not.
    func attempts(for visit: Visit) async -> Attempts? {
        if let kept = attempts[visit.session.role], kept.isFresh { return kept.value }
        let events = await visit.ask(ListEvents(limit: Limits.countedEvents))
        let found = events.map { Attempts($0, at: visit.now) }
        attempts[visit.session.role] = Kept(value: found, at: .now)
        return found
    }
}

/// Attempts of strangers in the last 24 hours, all of them refused.
struct Attempts: Sendable {
    /// By hour, the oldest first, with its beginning.
    let hours: [(hour: Int, count: Int)]
    let byKind: [(words: String, count: Int)]
    let sources: Int
    var count: Int { hours.reduce(0) { $0 + $1.count } }

    init(_ events: [SecurityEvent], at now: WallTime) {
        let hourOf = { (time: WallTime) in time.milliseconds / 3_600_000 }
        let last = hourOf(now)
        var counts = [Int](repeating: 0, count: 24)
        var (kinds, sources): ([String: Int], Set<EventSource>) = ([:], [])
        for event in events {
            guard let words = event.kind.attempt else { continue }
            let age = Int(last - hourOf(event.at))
            guard 0..<24 ~= age else { continue }
            counts[23 - age] += event.count
            kinds[words, default: 0] += event.count
            sources.insert(event.source)
        }
        hours = counts.enumerated().map { index, count in (Int((last - 23 + Int64(index)) % 24), count) }
        byKind = kinds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
        self.sources = sources.count
    }
}

extension SecurityEventKind {
    /// What somebody tried, in plain words; `nil` where it is no attempt of a stranger.
    fileprivate var attempt: String? {
        switch self {
        case .failedLogin, .accountGuarded: "guessed at passwords of phones"
        case .scanner, .suspicious: "looked for a way in"
        case .malformed: "sent what is no call"
        case .flood: "sent too much"
        case .identityMismatch, .forgedInDialog, .replayedNonce, .spoofSuspected: "claimed to be somebody else"
        case .foreignMedia: "sent sound into a call of others"
        case .weakMediaOffered: "offered a call without encryption"
        case .trunkIdentity: "stood where a provider should be"
        case .signInFailed, .signInSlowed: "failed to sign in to this portal"
        case .passkeyCopied: "showed a copy of a passkey"
        case .mailboxLocked, .mailboxesTried: "guessed at PINs of mailboxes"
        case .roomLocked: "guessed at PINs of conference rooms"
        case .bindingLimit, .otherInstance, .accountLimit, .undeclaredListener, .journalBroken, .stalePhone, .banned,
            .banWithheld, .rightRefused, .forwardRefused, .forwardChanged, .budgetUsed, .callEndedForCost, .callLimit,
            .countersLost, .callWhileClosed, .unusualCalls, .callsStopped, .trunkDown, .trunkUp, .emergencyCall,
            .extensionUnused, .extensionRetired, .forwardFollowed, .extensionAdded, .intercomOpened, .intercomUsed,
            .signedInAnew, .alertsChanged, .premiumRefused, .abroadRefused, .factorReplaced,
            .replacementRefused, .operatorsChanged, .passkeysChanged:
            nil
        }
    }
}
