// SPDX-License-Identifier: Apache-2.0

import Foundation
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
import Primitives
public import ServiceLifecycle
import Synchronization

/// The portal of each business of a process, on threads of its own: no page waits for a call, and no call for a page.
public final class Portal: Service {
    /// Of the process: what ends late must find it still.
    private static let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    private let businesses: [PortalBusiness]
    private let serving: [Task<Void, Never>]
    private let groups: [ServiceGroup]

    /// Opens everything. What cannot be opened is left out, with a line in the log: calls go on without it.
    public static func start(_ sites: [PortalSite], logger: Logger) async -> Portal {
        var places: [Primitives.SocketAddress] = []
        for place in sites.flatMap(\.places) where !places.contains(place) { places.append(place) }
        let hasher = Argon2Hasher()
        let all = sites.map { PortalBusiness($0, hasher) }
        var quiet = logger
        quiet.logLevel = max(.error, logger.logLevel)
        var open: [(place: Primitives.SocketAddress, port: UInt16)] = []
        var (serving, groups): ([Task<Void, Never>], [ServiceGroup]) = ([], [])
        for place in places {
            let here = all.filter { $0.site.places.contains(place) }
            let listener = PortalListener(place, PortalOffice(here), Self.threads, quiet)
            let (port, task, group) = await listener.open()
            guard let port else {
                logger.error("the portal cannot be opened on \(place): another program may have the port")
                continue
            }
            open.append((place, port))
            serving.append(task)
            groups.append(group)
        }
        for site in sites {
            let own = open.filter { site.places.contains($0.place) }
            await site.opened(own.map { Primitives.SocketAddress(ip: $0.place.ip, port: $0.port) })
        }
        return Portal(all, serving, groups)
    }

    private init(_ businesses: [PortalBusiness], _ serving: [Task<Void, Never>], _ groups: [ServiceGroup]) {
        (self.businesses, self.serving, self.groups) = (businesses, serving, groups)
    }

    /// Serves until the service is told to stop.
    public func run() async throws {
        try? await gracefulShutdown()
        await stop()
    }

    /// Lets open answers end, for two seconds at most.
    public func stop() async {
        for business in businesses { await business.proofs.cancel() }
        for group in groups { await group.triggerGracefulShutdown() }
        let deadline = Task { [serving] in
            try? await Task.sleep(for: Limits.farewell)
            for task in serving { task.cancel() }
        }
        for task in serving { await task.value }
        deadline.cancel()
    }
}

/// One address that the portal is reached on.
private struct PortalListener {
    private let place: Primitives.SocketAddress
    private let office: PortalOffice
    private let threads: MultiThreadedEventLoopGroup
    private let logger: Logger

    init(
        _ place: Primitives.SocketAddress,
        _ office: PortalOffice,
        _ threads: MultiThreadedEventLoopGroup,
        _ logger: Logger
    ) {
        (self.place, self.office, self.threads, self.logger) = (place, office, threads, logger)
    }

    /// - Returns: The port that it is open on; `nil` when it could not be opened.
    func open() async -> (UInt16?, Task<Void, Never>, ServiceGroup) {
        let (ports, opened) = AsyncStream<UInt16?>.makeStream()
        let door = PortalDoor(office.handshakes) { [office] in office.networks }
        let certificates = PortalCertificates(office.sites)
        let application = Application(
            router: office.router(),
            server: HTTPServerBuilder { PortalChannel($0, door, certificates) },
            configuration: ApplicationConfiguration(
                address: .hostname(place.ip.description, port: Int(place.port)),
                backlog: Limits.backlog
            ),
            onServerRunning: { channel in
                opened.yield(channel.localAddress?.port.flatMap { UInt16(exactly: $0) })
            },
            eventLoopGroupProvider: .shared(threads),
            logger: logger
        )
        let group = ServiceGroup(services: [application], logger: logger)
        let task = Task {
            try? await group.run()
            opened.yield(nil)
            opened.finish()
        }
        for await port in ports { return (port, task, group) }
        return (nil, task, group)
    }
}
