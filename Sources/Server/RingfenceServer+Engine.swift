// SPDX-License-Identifier: Apache-2.0

public import Admin
import Calls
public import Guard
public import Model
public import Primitives
import Store

extension RingfenceServer: SettingsFollower {
    public func apply(_ snapshot: Snapshot, _ changes: [Change]) async {
        _ = await hop.ask { $0.apply(snapshot, changes) }
        machine.reception?.expect(snapshot.network.sites, of: hop.business, at: snapshot.generation)
        for case .trustClients(let authority) in changes { await trustClients(of: authority) }
        await alerts.follow(changes)
        voice.follow(changes, hop)
    }
}

extension RingfenceServer: VoiceKeeper {
    public func hash(pin: Redacted<String>) async throws(Refusal) -> Redacted<String> { try await voice.hash(pin) }

    public func followMessages(of number: ExtensionNumber) async { voice.changed(number, hop) }
}

extension RingfenceServer: LiveState {
    public func live(_ parts: LiveParts) async -> LiveReport {
        let live = await hop.ask { signalling in
            var live = LiveReport()
            let loop = signalling.loop
            if parts.contains(.registrations) {
                live.registrations = loop.switchboard.registrations().map(RegistrationReport.init)
            }
            if parts.contains(.calls) { live.calls = loop.switchboard.calls().compactMap(CallReport.init) }
            if parts.contains(.listeners) { live.listeners = signalling.listeners }
            if parts.contains(.trunks) {
                let calls = loop.switchboard.calls().compactMap(\.record.trunk)
                live.trunks = loop.switchboard.trunks(at: SystemClock.now).map { trunk in
                    TrunkCondition(trunk, calls: calls.count { $0 == trunk.name })
                }
            }
            if parts.contains(.spending) {
                live.spending = loop.switchboard.standings(at: SystemClock.now)
            }
            if parts.contains(.stops) {
                live.stops = loop.switchboard.stops(at: SystemClock.now).map(StopReport.init)
            }
            return live
        }
        return live ?? LiveReport()
    }

    public func endCall(_ id: String) async -> Bool {
        await hop.ask { $0.endCall(id) } ?? false
    }

    public func dial(_ attempt: ClickAttempt) async -> Result<PlacedCall, CallRefusal> {
        let stopped = CallRefusal(status: 503, control: nil, reason: "the server is just stopping")
        let placed = await hop.ask { $0.dial(attempt) } ?? .failure(stopped)
        return placed.map { PlacedCall(id: $0.id, callee: $0.callee) }
    }

    public func release(_ subject: PatternFinding.Subject) async -> Bool {
        await hop.ask { $0.loop.switchboard.release(subject, at: SystemClock.now) } ?? false
    }

    /// The loop makes the copy, and whoever asked plays it.
    public func rehearse(_ rehearsal: CallRehearsal) async -> [RehearsedCall]? {
        let stage = await hop.ask { $0.loop.switchboard.stage(for: rehearsal, at: SystemClock.now) } ?? nil
        return stage?.play(rehearsal)
    }
}

extension RingfenceServer: JobBoard {
    public func jobs() async -> [JobReport] { await runner.reports }
}

extension RingfenceServer: BanList {
    public func bans() async -> [Ban] {
        await hop.ask { $0.loop.admission.bans.list(at: SystemClock.wall) } ?? []
    }

    public func protection(of source: BanSource) async -> BanRules.Protection? {
        let own = [sipTLS.ip]
        return await hop.ask { signalling in
            let phones = signalling.loop.switchboard.phones(at: source.address)
            return signalling.loop.admission.bans.protection(of: source, reachedAt: own, phones: phones)
        } ?? nil
    }

    public func impose(_ ban: Ban) async {
        _ = await hop.ask { $0.loop.impose(ban) }
    }

    public func lift(_ source: BanSource) async -> Ban? {
        let ban = await hop.ask { $0.loop.lift(source) } ?? nil
        // Or one that was imposed a moment ago would be written after it was taken back.
        await banKeeper.settle()
        return ban
    }
}

extension RingfenceServer: HealthReporter {
    public func health() async -> [Finding] { await health(socketsNotOlderThan: .zero) }

    func health(socketsNotOlderThan age: Duration) async -> [Finding] {
        let asked = await hop.ask { [snapshot = store.snapshot] signalling in
            let loop = signalling.loop
            return (
                signalling.listeners, signalling.exceptions,
                [
                    Finding(strangersOf: loop),
                    Finding(loop.switchboard.figures.shedding, at: SystemClock.wall),
                    Finding(loop.switchboard.figures.relays),
                    Finding(
                        plainLegs: loop.switchboard.figures.plainLegs,
                        of: loop.switchboard.figures.plainPorts,
                        for: snapshot,
                        at: SystemClock.wall
                    ),
                ]
            )
        }
        guard let (listeners, exceptions, facts) = asked else {
            return [Finding("server", of: "server", isWell: false, finding: "stopped", remedy: "ringfence serve")]
        }
        let findings = ListenerPolicy.judge(
            declared: listeners,
            found: await machine.census.look(for: hop.business, notOlderThan: age),
            exceptions: exceptions,
            at: SystemClock.wall
        )
        let neighbours = await machine.facts(of: hop)
        let backups = Finding(backupDesk.lastSeen, by: store.snapshot.backups, at: SystemClock.wall)
        let kept = [Finding(records.figures), Finding(missing: store.shortcomings), backups]
        return listeners.map { Finding($0, findings: findings) } + kept + facts
            + neighbours + [Finding(await runner.reports)] + Finding.channels(await alerts.traffic)
    }
}

extension RegistrationReport {
    fileprivate init(_ summary: RegistrationSummary) {
        self.init(
            extension: summary.number,
            phone: summary.device,
            source: summary.source.description,
            userAgent: summary.userAgent.isEmpty ? nil : summary.userAgent,
            transport: summary.transport.rawValue,
            tlsVersion: summary.tlsVersion,
            cipher: summary.cipher,
            registeredAt: summary.since,
            expiresAt: summary.expires
        )
    }
}

extension CallReport {
    /// `nil` for a call that has no one to ring.
    fileprivate init?(_ summary: CallSummary) {
        let record = summary.record
        guard let callee = record.callee else { return nil }
        self.init(
            id: record.id,
            caller: record.caller,
            callee: callee,
            startedAt: record.startedAt,
            answeredAt: record.answeredAt,
            callerProtection: record.callerProtection,
            calleeProtection: record.calleeProtection,
            place: summary.place,
            cost: record.charges.isEmpty
                ? nil : record.charges.map(\.counted).sum
        )
    }
}

extension Finding {
    fileprivate init(_ listener: Listener, findings: [ListenerPolicy.Deviation]) {
        let isMissing = findings.contains(.missing(listener))
        self.init(
            "listener",
            of: "listener \(listener.address)",
            isWell: !isMissing,
            finding: isMissing ? "\(listener.purpose.rawValue) is not open" : "\(listener.purpose.rawValue) is open",
            remedy: isMissing ? "restart the server: ringfence serve" : nil,
            visibleAfter: Limits.passes
        )
    }

    /// What strangers do, and what is done about it.
    fileprivate init(strangersOf loop: SignallingLoop) {
        let (open, most) = (loop.admission.strangers, loop.admission.strangerLimit)
        let bans = loop.admission.bans.list(at: SystemClock.wall).count
        let isCrowded = open * 10 > most * 9
        self.init(
            "strangers",
            of: "strangers",
            isWell: !isCrowded,
            finding: "\(open) of at most \(most) connections, \(loop.figures.droppedMessages) requests unread, "
                + "sources shut out: \(bans)",
            remedy: isCrowded ? "see who they are: ringfence event list" : nil,
            visibleAfter: Limits.crowdPasses
        )
    }
}

extension RingfenceServer: SignallingTracer {
    public func startTrace(_ order: TraceOrder) async -> TraceReport? {
        await hop.ask { [node = store.snapshot.domain.text] in $0.loop.startTrace(order, node: node) }
    }

    public func stopTrace() async -> TraceReport? { await hop.ask { $0.loop.stopTrace() } ?? nil }

    public func trace(of call: String?, limit: Int) async -> TraceReport? {
        await hop.ask { $0.loop.trace?.report(of: call, limit: limit) } ?? nil
    }
}
