// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Guard
import Logging
import Model
import Portal
import Primitives
import Server
import ServiceLifecycle
import UnixSignals

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the phone system in the foreground.",
        discussion: """
            Prints one line when phones can connect. SIGTERM, Ctrl-C or the end of the
            terminal ends calls, closes their records and stops; under nohup the end of the
            terminal means nothing. The log goes to standard error.

              ringfence serve --data /var/lib/ringfence

            A hosting provider serves many from one process and one address; phones say
            which they want by name when they connect:

              ringfence serve --businesses /var/lib/ringfence
            """
    )

    @OptionGroup var served: ServedOption

    /// Of versions that were told at each start. The first start of this one takes them over, and later ones need them no more.
    @OptionGroup(visibility: .hidden) var former: NetworkOptions

    @Option(help: "Processors for signalling, where many phone systems are served. Default: all of them.")
    var loops: Int?

    @OptionGroup var format: JSONFlag

    func validate() throws {
        guard loops.map({ (1...1_024).contains($0) }) ?? true else {
            throw ValidationError("--loops is a number of processors, from 1.")
        }
    }

    /// One phone system has one loop, and several have those that were asked for.
    func requireThreads() throws(Refusal) {
        let several = loops ?? ProcessInfo.processInfo.activeProcessorCount
        try ServingProcess.requireThreads(loops: served.businesses == nil ? 1 : several)
    }

    func run() async throws {
        try ServingProcess.keepMemoryPrivate()
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "ringfence")
        logger.logLevel = .notice
        if let directory = served.businesses {
            let hosting = try await hosting(directory, logger)
            try await Self.run(hosting, hosting.systems, logger)
        } else {
            let system = try await system(logger)
            try await Self.run(system, [system], logger)
        }
    }

    /// What ends the server in order: as an operator, the terminal and the system ask for it.
    static var signals: [UnixSignal] {
        [.sigterm, .sigint, .sigquit] + (ServingProcess.ignoresHangUp ? [] : [.sighup])
    }

    /// The portal comes last and goes first: what it shows is there as long as it is.
    private static func run(_ service: some Service, _ systems: [PhoneSystem], _ logger: Logger) async throws {
        // Apart from that of the portal: who guesses PINs keeps no operator out.
        let hasher = Argon2Hasher()
        for system in systems { system.compare(with: hasher) }
        let portal = await Portal.start(systems.map(PortalSite.init), logger: logger)
        // The group's own log tells of services starting and stopping, which is nothing to an operator.
        var lifecycle = logger
        lifecycle.logLevel = .error
        try await ServiceGroup(
            services: [service, portal],
            gracefulShutdownSignals: signals,
            logger: lifecycle
        ).run()
    }

    private func system(_ logger: Logger) async throws -> PhoneSystem {
        let installation = try Installation(opening: served.path)
        let told = try former.settings()
        return try await PhoneSystem.start(installation, beginningWith: told, logger: logger) { [format] in
            Console.say(format.isOn ? $0.readyJSON : $0.readyLine)
        }
    }

    private func hosting(_ directory: String, _ logger: Logger) async throws -> Hosting {
        let (found, told) = (try Businesses(in: directory), try former.settings())
        return try await Hosting.start(found, beginningWith: told, loops: loops, logger: logger) { [format] in
            Console.say(format.isOn ? $0.readyJSON : $0.readyLine)
        }
    }
}

/// What is served: one phone system, or all in a folder.
struct ServedOption: ParsableArguments {
    @Option(help: "The folder of the phone system. Default: the environment's RINGFENCE_DATA.")
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Serve every phone system in this folder, each in a folder of its own, instead of one. They share addresses "
                + "and ports; each keeps its own data, certificate and commands (--data DIR/NAME).",
            valueName: "dir"
        )
    )
    var businesses: String?

    private static var usual: String? { ProcessInfo.processInfo.environment["RINGFENCE_DATA"] }

    /// - Precondition: validated, as parsing does.
    var path: String { data ?? Self.usual ?? "." }

    func validate() throws {
        guard data == nil || businesses == nil else {
            throw ValidationError("--data serves one phone system, --businesses all in a folder: choose one of them.")
        }
        guard businesses == nil else {
            guard businesses?.isEmpty != true else { throw ValidationError("--businesses names no folder.") }
            return
        }
        guard data ?? Self.usual != nil else {
            throw ValidationError("Where is the phone system? Name its folder with --data, or set RINGFENCE_DATA.")
        }
        guard data?.isEmpty != true else { throw ValidationError("--data names no folder.") }
    }
}

extension Hosting {
    fileprivate var readyLine: String {
        let tls = listeners.filter { $0.kind == .tls }.map { "\($0.address)" }.joined(separator: ", ")
        let browsers = listeners.filter { $0.kind == .wss }.map { ", over WSS on \($0.address)" }.joined()
        let broken = businesses.broken.map(\.name)
        let refused = broken.isEmpty ? "" : "; NOT SERVED: \(broken.joined(separator: ", "))"
        return
            "ringfence ready: \(businesses.whole.count) businesses of \(businesses.directory), SIP over TLS on \(tls)"
            + "\(browsers), media on \(media[0])\(refused)"
    }

    fileprivate var readyJSON: String {
        let ready = Ready(
            businesses: businesses.whole.map(\.folderName),
            media: media.map(\.description),
            notServed: businesses.broken.map(\.name),
            sipTLS: listeners.filter { $0.kind == .tls }.map(\.address.description),
            sipWSS: listeners.filter { $0.kind == .wss }.map(\.address.description)
        )
        return (try? JSONText.of(ready)) ?? #"{"ready":true}"#
    }

    private struct Ready: Encodable {
        let businesses: [String]
        let media: [String]
        let notServed: [String]
        let ready = true
        let sipTLS: [String]
        let sipWSS: [String]
    }
}

extension PhoneSystem {
    fileprivate var readyLine: String {
        let browsers = serving.sipWSS.map { ", over WSS on \($0)" }.joined()
        let portal = portalPlaces.map { ", portal on https://\($0)" }.joined()
        return "ringfence ready: SIP over TLS on \(serving.sipTLS)\(browsers), media on \(serving.media)\(portal)"
    }

    fileprivate var readyJSON: String {
        let browsers = serving.sipWSS.map { #""\#($0)""# }.joined(separator: ",")
        let portal = portalPlaces.map { #""\#($0)""# }.joined(separator: ",")
        return #"{"media":"\#(serving.media)","portal":[\#(portal)],"ready":true,"#
            + #""sipTLS":"\#(serving.sipTLS)","sipWSS":[\#(browsers)]}"#
    }
}
