// SPDX-License-Identifier: Apache-2.0

public import Admin
import Foundation
import Guard
public import Logging
public import Model
public import NIOSSL
public import Primitives
public import ServiceLifecycle
import Store
import Synchronization

/// An installation that runs: the store, the server, the administrator and the control socket, in the order in which each
/// needs the one before.
public struct PhoneSystem: Service {
    public let serving: Serving
    /// For the portal.
    public let administrator: Administrator
    let installation: Installation
    let server: RingfenceServer
    private let store: RingfenceStore
    private let portal = PortalPlaces()
    private let control: ControlServer
    private let onReady: @Sendable (PhoneSystem) -> Void

    /// Opens everything. Nothing is left open when it throws.
    ///
    /// - Parameters:
    ///   - told: Where it is reached, if nobody has said so before.
    ///   - onReady: Called when phones can connect and a signal stops the system cleanly.
    /// - Throws: A refusal for whatever a person can mend: a port that is taken, a folder in use, a certificate that ended.
    public static func start(
        _ installation: Installation,
        beginningWith told: NetworkSettings = NetworkSettings(),
        logger: Logger,
        onReady: @escaping @Sendable (PhoneSystem) -> Void = { _ in }
    ) async throws -> PhoneSystem {
        var opened = try OpenInstallation(installation)
        try opened.begin(with: told)
        return try await start(opened, in: nil, logger: logger, onReady: onReady)
    }

    /// - Parameter machine: Where it lives with other businesses; `nil` for one of its own.
    static func start(
        _ opened: OpenInstallation,
        in machine: Machine?,
        logger: Logger,
        onReady: @escaping @Sendable (PhoneSystem) -> Void = { _ in }
    ) async throws -> PhoneSystem {
        let (installation, store, configuration) = (opened.installation, opened.store, opened.configuration)
        try installation.finishReplacement()
        // It is handed to every phone that is enrolled.
        _ = try installation.root()
        try installation.renewAtStart(store, logger)
        let server: RingfenceServer
        do {
            server = try await RingfenceServer.start(configuration, store: store, in: machine, logger: logger)
        } catch {
            throw installation.translated(error)
        }
        do {
            let door = try ControlDoor(path: installation.controlSocket, snapshot: store.snapshot)
            let administrator = Administrator(
                store: store,
                engine: server,
                events: server.events,
                doorkeeper: door,
                enrolment: try installation.enrolmentFacts(port: server.sipTLS.port),
                entropy: SystemEntropy.make(),
                now: { SystemClock.wall },
                audit: { await installation.audit(server, store) }
            )
            server.features.serve(by: administrator)
            let control = try await ControlServer(
                path: installation.controlSocket,
                door: door,
                handler: administrator,
                logger: logger
            )
            let serving = Serving(
                sipTLS: server.sipTLS,
                sipWSS: server.sip.filter { $0.kind == .wss }.map(\.address),
                media: configuration.media[0],
                otherMedia: configuration.media.dropFirst().first
            )
            try installation.announce(serving)
            installation.withdrawWord()
            let watch = CertificateWatch(installation, server, store, server.events)
            await watch.look(at: Date())
            let jobs = [
                watch.job, server.healthReview, administrator.withdrawal, administrator.dormancyReview,
                administrator.morningReport, administrator.monthlyReport,
            ]
            for job in jobs { await server.runner.add(job) }
            return PhoneSystem(installation, server, store, administrator, control, serving, onReady)
        } catch {
            await server.stop()
            throw error
        }
    }

    private init(
        _ installation: Installation,
        _ server: RingfenceServer,
        _ store: RingfenceStore,
        _ administrator: Administrator,
        _ control: ControlServer,
        _ serving: Serving,
        _ onReady: @escaping @Sendable (PhoneSystem) -> Void
    ) {
        (self.installation, self.server, self.control) = (installation, server, control)
        (self.store, self.administrator) = (store, administrator)
        (self.serving, self.onReady) = (serving, onReady)
    }

    /// Serves until the service is told to stop, then ends calls, closes records and lets go of everything.
    public func run() async throws {
        onReady(self)
        defer { installation.withdrawAnnouncement() }
        do {
            try await control.run()
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }
}

/// What the portal needs to know of its business, and says of itself.
extension PhoneSystem {
    public var snapshot: Snapshot { store.snapshot }
    /// Who compares the PINs of mailboxes; before, none is right.
    public func compare(with hasher: any PasswordHasher) { server.voice.compare(with: hasher) }

    /// The folder of the installation.
    public var directory: String { installation.directory }

    /// The names and addresses that the certificate is good for.
    public var hostNames: [String] {
        let names = server.configuredNames + [installation.settings.address, installation.settings.domain]
        let addresses = installation.certificateAddresses.map { $0.isIPv4 ? "\($0)" : "[\($0)]" }
        return names + addresses
    }

    /// - Throws: Where its files do not fit together.
    public func certificate() throws -> NIOSSLContext { try server.portalCertificate() }

    /// Where the portal is open.
    public var portalPlaces: [SocketAddress] { portal.open.withLock { $0 } }

    public func portalOpened(on places: [SocketAddress]) async {
        portal.open.withLock { $0 = places }
        await server.declare(portal: places)
        await administrator.portalOpened(on: places)
    }
}

private final class PortalPlaces: Sendable {
    let open = Mutex<[SocketAddress]>([])
}

extension Installation {
    /// Before the server looks at the files. A root that ended keeps nobody from starting: the watch says so.
    fileprivate func renewAtStart(_ store: RingfenceStore, _ logger: Logger) throws {
        let renewed: CertificateRenewal?
        do {
            renewed = try renewal(at: Date())
        } catch {
            // What is there may be good for weeks, and it is tried again while the server runs.
            logger.error("the certificate could not be renewed: \(error)")
            return
        }
        guard let renewal = renewed else { return }
        logger.tell(.changed(renewal.alteration))
        do {
            try store.append(renewal.draft(), at: SystemClock.wall)
        } catch {
            logger.error("the journal does not say that the certificate was renewed: \(error)")
        }
    }

    /// What phones are told.
    func enrolmentFacts(port: UInt16) throws(Refusal) -> EnrolmentFacts {
        let authority: String? = if let path = tls.authority { try PrivateFiles.read(path) } else { nil }
        return EnrolmentFacts(host: settings.names[0], port: port, authority: authority)
    }
}
