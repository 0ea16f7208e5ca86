// SPDX-License-Identifier: Apache-2.0

import Admin
import Dispatch
import Guard
public import Logging
public import Model
import NIOCore
import NIOPosix
public import Primitives
public import Store

/// The running phone system of one business, on a machine of its own or on one with others.
///
/// What is asked of it from outside hops to the signalling loop, does its work there and hops back. Nothing on the way of
/// a message or a packet does.
public final class RingfenceServer: Sendable {
    /// Where it is reached, with the ports that the system chose when the configuration said 0.
    public let sip: [EncryptedListener]
    let certificates: CertificateFiles
    /// As they stand in the certificate.
    let configuredNames: [String]
    let hop: SignallingHop
    let machine: Machine
    /// Whether other servers live on it too.
    private let sharesMachine: Bool
    let media: MediaLine
    let records: RecordWriter
    let store: RingfenceStore
    let banKeeper: BanKeeper
    /// Where phones have something changed by codes.
    let features = FeatureDesk()
    /// Where services of the phone system speak and listen.
    let voice: VoiceDesk
    /// What happens in this business.
    public let events: EventHub
    let backupDesk: BackupDesk
    let runner: JobRunner
    let courier: any Courier
    let startedAt = SystemClock.wall
    let alerts: AlertDesk

    /// Where phones are told to come.
    public var sipTLS: Primitives.SocketAddress {
        guard let first = sip.first(where: { $0.kind == .tls }) else {
            preconditionFailure("a server without SIP over TLS")
        }
        return first.address
    }

    /// Opens the sockets and serves until ``stop()``.
    ///
    /// - Parameter machine: Where this business lives with others: it is reached on addresses of the machine, and its media
    ///   arrives there. By default on one of its own.
    /// - Throws: A `Refusal` when a certificate cannot be used, or an address or a name is taken; a store or system error
    ///   otherwise. Nothing is left open then.
    public static func start(
        _ configuration: ServerConfiguration,
        store: RingfenceStore,
        in machine: Machine? = nil,
        logger: Logger
    ) async throws -> RingfenceServer {
        let identity = try TLSIdentity(configuration.tls, for: configuration.sip.map(\.clients))
        let home = try machine ?? Machine(alone: configuration)
        var server: RingfenceServer?
        do {
            let listeners = machine == nil ? try BoundListener.all(configuration.sip) : []
            let made = RingfenceServer(configuration, store, listeners, home, sharesMachine: machine != nil, logger)
            server = made
            try await made.begin(configuration, store, listeners, identity, logger)
            return made
        } catch {
            await server?.stop()
            if machine == nil { await home.stop() }
            throw error
        }
    }

    private init(
        _ configuration: ServerConfiguration,
        _ store: RingfenceStore,
        _ listeners: [BoundListener],
        _ machine: Machine,
        sharesMachine: Bool,
        _ logger: Logger
    ) {
        let (number, home) = machine.moveIn()
        let hop = SignallingHop(number, at: home)
        (self.hop, self.machine, self.sharesMachine) = (hop, machine, sharesMachine)
        sip = sharesMachine ? configuration.sip : listeners.map(\.encrypted)
        configuredNames = configuration.hostNames
        certificates = CertificateFiles(configuration.tls, names: configuration.hostNames)
        media = machine.media.line(
            of: number,
            onNews: { news in hop.tell { $0.voice(news.map { ($0.id, $0.what) }) } },
            onReport: { census in hop.tell { $0.media(census) } }
        )
        self.store = store
        records = RecordWriter(store: store, onChange: { logger.tell($0) }) {
            // Nothing to tell: a disk that is gone is told of by the records.
            try? store.noteLife(at: SystemClock.wall)
        }
        banKeeper = BanKeeper(store: store, logger: logger)
        events = EventHub([records.keep, banKeeper.keep, { logger.tell($0) }])
        voice = VoiceDesk(store, events)
        runner = JobRunner(store: store, events: events)
        backupDesk = BackupDesk(store)
        courier = CurlCourier()
        alerts = AlertDesk(store: store, courier: courier, log: LogNotifier(logger: logger))
    }

    private func begin(
        _ configuration: ServerConfiguration,
        _ store: RingfenceStore,
        _ listeners: [BoundListener],
        _ identity: TLSIdentity,
        _ logger: Logger
    ) async throws {
        for shortcoming in store.shortcomings {
            logger.error("what is kept of this business is not whole: \(shortcoming)")
        }
        try store.beginServing()
        try store.closeInterrupted(at: SystemClock.wall)
        let plan = SignallingPlan(
            configuration,
            address: sipTLS,
            snapshot: store.snapshot,
            bans: try store.bans(),
            logins: try store.logins(),
            charges: try store.charges(since: SystemClock.wall + .seconds(-Limits.chargeMemory)),
            counted: CountedKeeper.read(store),
            machine: machine,
            logger: logger
        )
        let outlets = SignallingLoop.Outlets(
            media: media,
            records: records,
            events: events,
            features: features,
            voice: voice,
            hop: hop
        )
        try await plan.start(
            listeners,
            shared: sharesMachine ? sip : [],
            identity: identity,
            outlets: outlets,
            hop: hop
        )
        if let reception = machine.reception {
            let threshold = Threshold(hop, reception.onTheWay)
            reception.expect(store.snapshot.network.sites, of: hop.business, at: store.snapshot.generation)
            try reception.admit(hop.business, names: configuration.ownNames, on: sip, threshold.offer)
        }
        voice.start(hop)
        await alerts.start(on: events)
        for job in Self.jobs(store, hop, machine.census, backupDesk) { await runner.add(job) }
        await runner.start()
        if !sharesMachine { machine.open() }
    }

    /// Ends calls, closes connections, writes what waits and stops. Takes about a second, at most three. A second call does
    /// nothing.
    public func stop() async {
        machine.reception?.dismiss(hop.business)
        try? await CountedKeeper.keep(hop, BusinessStore(store))
        if let farewell = await hop.ask({ $0.stop() }) { try? await farewell.get() }
        await runner.stop()
        guard hop.close() else { return }
        media.hangUp()
        await withCheckedContinuation { (kept: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async { [voice] in
                voice.finish()
                kept.resume()
            }
        }
        events.finish()
        await alerts.stop()
        await banKeeper.finish()
        await withCheckedContinuation { (written: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async { [records, store] in
                records.stop()
                // What could not be put in its place is in the record log, and is told of at the next start.
                try? store.endServing()
                written.resume()
            }
        }
        await hop.forget()
        machine.census.forget(hop.business)
        if !sharesMachine { await machine.stop() }
    }
}
