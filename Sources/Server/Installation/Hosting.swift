// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
public import Logging
public import Model
import NIOCore
import Primitives
public import ServiceLifecycle
import Store

/// Several businesses that one process serves: each with its own folder, store, certificate, journal and control socket, and
/// together on the addresses and ports of one ``Machine``.
public struct Hosting: Service {
    /// Who is served, and who is not.
    public let businesses: Businesses
    let machine: Machine
    public let systems: [PhoneSystem]
    private let logger: Logger
    private let onReady: @Sendable (Hosting) -> Void

    /// Where phones connect, of all businesses.
    public var listeners: [EncryptedListener] { machine.listeners }
    /// Where their media arrives.
    public var media: [MediaPorts] { machine.mediaPorts }

    /// Opens everything, and lets phones in when every business is up. Nothing is left open when it throws.
    ///
    /// - Parameters:
    ///   - told: Where those are reached of which nobody has said it before.
    ///   - loops: Processors for signalling; default: all of them.
    ///   - onReady: Called when phones can connect and a signal stops the process cleanly.
    /// - Throws: A refusal when an address or a port is taken, or not a single business can be served.
    public static func start(
        _ found: Businesses,
        beginningWith told: NetworkSettings = NetworkSettings(),
        loops: Int? = nil,
        logger: Logger,
        onReady: @escaping @Sendable (Hosting) -> Void
    ) async throws -> Hosting {
        var businesses = found
        let log = try RecordLog.shared(in: found.directory)
        let wanted = businesses.open(beginningWith: told, log: log)
        guard let first = wanted.first else { throw Refusal.nobody(businesses) }
        let addresses = wanted.flatMap(\.configuration.sip).inOrder
        let machine = try Machine(
            for: businesses.whole.count + businesses.broken.count,
            loops: loops ?? System.coreCount,
            listeners: addresses,
            media: first.configuration.media
        )
        let opened = Dictionary(uniqueKeysWithValues: zip(addresses, machine.listeners))
        var systems: [PhoneSystem] = []
        for var business in wanted {
            business.configuration.sip = business.configuration.sip.compactMap { opened[$0] }
            var logger = logger
            logger[metadataKey: "business"] = "\(business.installation.folderName)"
            do {
                systems.append(try await PhoneSystem.start(business, in: machine, logger: logger))
            } catch {
                businesses.refuse(business.installation, Refusal(starting: business.installation, error))
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

extension Businesses {
    /// Opens each, and says what it is started with. Takes out those that cannot be.
    fileprivate mutating func open(beginningWith told: NetworkSettings, log: RecordLog) -> [OpenInstallation] {
        var all: [OpenInstallation] = []
        for installation in whole { attempt(installation) { all.append(try OpenInstallation(installation, log: log)) } }
        // One that joins others receives its media where they do.
        var told = told
        if let media = all.lazy.map(\.store.snapshot.network.media).first(where: { !$0.isEmpty }) { told.media = media }
        var opened: [OpenInstallation] = []
        for var business in all {
            attempt(business.installation) {
                try business.begin(with: told)
                opened.append(business)
            }
        }
        let count = whole.count + broken.count
        for business in opened {
            // Nobody who asks for no name is let in where there are several.
            if count > 1, business.configuration.ownNames.isEmpty {
                refuse(business.installation, .nameless(business.installation))
            } else if business.configuration.media != opened[0].configuration.media {
                refuse(business.installation, .otherMedia(business.installation, than: opened[0]))
            }
        }
        let names = Set(whole.map(\.folderName))
        return opened.filter { names.contains($0.installation.folderName) }
    }

    private mutating func attempt(_ installation: Installation, _ work: () throws -> Void) {
        do { try work() } catch { refuse(installation, Refusal(starting: installation, error)) }
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

    fileprivate static func otherMedia(_ installation: Installation, than first: OpenInstallation) -> Self {
        let ports = first.configuration.media.map(\.description).joined(separator: " ")
        return Self(
            problem: "The business in \(installation.directory) is not served.",
            reason:
                "its media is to arrive elsewhere than that of \(first.installation.folderName), and all of their media "
                + "comes in by one port",
            remedy: "serve it by itself, and there say: ringfence media ports \(ports) --data \(installation.directory)"
        )
    }
}
