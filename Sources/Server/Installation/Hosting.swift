// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Guard
public import Logging
import NIOCore
public import Primitives
public import ServiceLifecycle
import Store

/// Several businesses that one process serves: each with its own folder, store, certificate, journal and control socket, and
/// together on the addresses and ports of one ``Machine``.
public struct Hosting: ServiceLifecycle.Service {
    /// What `serve` was told for all of them; each answers to its own names and nobody else's.
    public struct Request: Sendable {
        /// Default: the address of each, port 5061.
        public var sipTLS: [EncryptedListener]
        /// Default: none.
        public var sipWSS: [EncryptedListener]
        public var origins: [WebOrigin]
        /// Where media of all arrives. Default: their address, if they have one in common, ports 40000 and 40001.
        public var media: [MediaPorts]
        public var sites: [IPPrefix]
        public var clientAuthority: String?

        public init(
            sipTLS: [EncryptedListener] = [],
            sipWSS: [EncryptedListener] = [],
            origins: [WebOrigin] = [],
            media: [MediaPorts] = [],
            sites: [IPPrefix] = [],
            clientAuthority: String? = nil
        ) {
            (self.sipTLS, self.sipWSS, self.origins) = (sipTLS, sipWSS, origins)
            (self.media, self.sites, self.clientAuthority) = (media, sites, clientAuthority)
        }
    }

    /// Who is served, and who is not.
    public let businesses: Businesses
    let machine: Machine
    let systems: [PhoneSystem]
    private let logger: Logger
    private let onReady: @Sendable (Hosting) -> Void

    /// Where phones connect, of all businesses.
    public var listeners: [EncryptedListener] { machine.listeners }
    /// Where their media arrives.
    public var media: [MediaPorts] { machine.mediaPorts }

    /// Opens everything, and lets phones in when every business is up. Nothing is left open when it throws.
    ///
    /// - Parameters:
    ///   - loops: Processors for signalling; default: all of them.
    ///   - onReady: Called when phones can connect and a signal stops the process cleanly.
    /// - Throws: A refusal when an address or a port is taken, or not a single business can be served.
    public static func start(
        _ found: Businesses,
        _ request: Request,
        loops: Int? = nil,
        logger: Logger,
        onReady: @escaping @Sendable (Hosting) -> Void
    ) async throws -> Hosting {
        var businesses = found
        let wanted = try request.configurations(of: &businesses)
        guard let first = wanted.first else { throw Refusal.nobody(businesses) }
        let log = try RecordLog.shared(in: found.directory)
        let addresses = wanted.flatMap(\.configuration.sip).inOrder
        let machine = try Machine(
            for: businesses.whole.count + businesses.broken.count,
            loops: loops ?? System.coreCount,
            listeners: addresses,
            media: first.configuration.media,
            sites: request.sites
        )
        let opened = Dictionary(uniqueKeysWithValues: zip(addresses, machine.listeners))
        var systems: [PhoneSystem] = []
        for (installation, configuration) in wanted {
            var configuration = configuration
            configuration.sip = configuration.sip.compactMap { opened[$0] }
            var logger = logger
            logger[metadataKey: "business"] = "\(installation.folderName)"
            do {
                systems.append(
                    try await PhoneSystem.start(installation, configuration, in: machine, log: log, logger: logger)
                )
            } catch {
                businesses.refuse(installation, Refusal(starting: installation, error))
            }
        }
        guard !systems.isEmpty else {
            await machine.stop()
            throw Refusal.nobody(businesses)
        }
        for broken in businesses.broken {
            logger.error("the business in \(broken.name) is not served: \(broken.refusal)")
        }
        machine.open()
        return Hosting(businesses, machine, systems, logger, onReady)
    }

    private init(
        _ businesses: Businesses,
        _ machine: Machine,
        _ systems: [PhoneSystem],
        _ logger: Logger,
        _ onReady: @escaping @Sendable (Hosting) -> Void
    ) {
        (self.businesses, self.machine, self.systems) = (businesses, machine, systems)
        (self.logger, self.onReady) = (logger, onReady)
    }

    /// Serves until the service is told to stop, then ends all calls, closes all records and lets go of everything. A business
    /// that ends for another reason takes none with it.
    public func run() async throws {
        onReady(self)
        await withDiscardingTaskGroup { group in
            for system in systems {
                group.addTask { [logger] in
                    do {
                        try await system.run()
                    } catch {
                        logger.error(
                            "the business in \(system.installation.directory) is not served any more: \(error)"
                        )
                    }
                }
            }
        }
        await machine.stop()
    }
}

extension RecordLog {
    /// The log of all businesses in a folder.
    fileprivate static func shared(in directory: String) throws(Refusal) -> RecordLog {
        do throws(StoreError) {
            return try RecordLog(directory + "/records.log")
        } catch {
            throw Refusal(error, in: directory)
        }
    }
}

extension Hosting.Request {
    fileprivate typealias Wanted = (installation: Installation, configuration: ServerConfiguration)

    /// What each is started with. Takes out those that cannot be.
    fileprivate func configurations(of businesses: inout Businesses) throws(Refusal) -> [Wanted] {
        let media = try media.isEmpty ? commonMedia(of: businesses) : media
        var wanted: [Wanted] = []
        for installation in businesses.whole {
            do throws(Refusal) {
                let configuration = try installation.configuration(
                    sipTLS: sipTLS,
                    sipWSS: sipWSS,
                    origins: origins,
                    media: media,
                    sites: sites,
                    clientAuthority: clientAuthority
                )
                wanted.append((installation, configuration))
            } catch {
                businesses.refuse(installation, error)
            }
        }
        // Nobody who asks for no name is let in where there are several.
        guard businesses.whole.count + businesses.broken.count > 1 else { return wanted }
        for (installation, configuration) in wanted where configuration.ownNames.isEmpty {
            businesses.refuse(installation, .nameless(installation))
        }
        return wanted.filter { !$0.configuration.ownNames.isEmpty }
    }

    private func commonMedia(of businesses: Businesses) throws(Refusal) -> [MediaPorts] {
        guard let address = businesses.whole.first?.address else { return [] }
        guard businesses.whole.allSatisfy({ $0.address == address }) else { throw .noCommonAddress }
        return []
    }
}

extension [EncryptedListener] {
    /// Each once, in the order in which they came.
    fileprivate var inOrder: [EncryptedListener] {
        var seen: Set<EncryptedListener> = []
        return filter { seen.insert($0).inserted }
    }
}

extension Refusal {
    /// Why a business did not start, for people.
    fileprivate init(starting installation: Installation, _ error: any Error) {
        self =
            error as? Refusal
            ?? Refusal(
                problem: "The business in \(installation.directory) does not start.",
                reason: "\(error)",
                remedy: "look what is wrong with it: ringfence doctor --data \(installation.directory)"
            )
    }

    fileprivate static func nameless(_ installation: Installation) -> Self {
        Self(
            problem: "The business in \(installation.directory) is not served.",
            reason:
                "it has an address and no name, so its phones could not say that they want it and none of the others",
            remedy: "serve it by a process of its own: ringfence serve --data \(installation.directory)"
        )
    }

    fileprivate static func nobody(_ businesses: Businesses) -> Self {
        let reasons = businesses.broken.map { "\($0.name): \($0.refusal.problem)" }
        return Self(
            problem: "None of the businesses in \(businesses.directory) can be served.",
            reason: reasons.prefix(3).joined(separator: " ") + (reasons.count > 3 ? " And others." : ""),
            remedy:
                "look at the first: ringfence doctor --data \(businesses.directory)/\(businesses.broken.first?.name ?? "NAME")"
        )
    }

    fileprivate static let noCommonAddress = Self(
        problem: "Ringfence cannot choose where media arrives.",
        reason: "the businesses have different addresses, and all of their media comes in by one port",
        remedy: "name it: ringfence serve --businesses DIR --rtp 192.0.2.10:40000-40001"
    )
}
