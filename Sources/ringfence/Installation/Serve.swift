// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Guard
import Logging
import Primitives
import Server
import ServiceLifecycle
import UnixSignals

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the phone system in the foreground.",
        discussion: """
            Prints one line when phones can connect. SIGTERM or Ctrl-C ends calls, closes
            their records and stops. The log goes to standard error.

              ringfence serve --data /var/lib/ringfence
            """
    )

    @OptionGroup var folder: FolderOption

    @Option(
        name: .customLong("sip-tls"),
        help: ArgumentHelp(
            "Where SIP over TLS is accepted. Default: the address given to init, port 5061.",
            valueName: "ip:port"
        )
    )
    var sipTLS: SocketAddress?

    @Option(
        help: ArgumentHelp(
            "Where media arrives; the first port, an even one, is shared by all calls. Default: the address given to "
                + "init, ports 40000-40001.",
            valueName: "ip:first-last"
        )
    )
    var rtp: MediaPorts?

    @Option(
        name: .customLong("site"),
        help: ArgumentHelp("A network that phones sit in, which may register faster. Repeatable.", valueName: "prefix")
    )
    var sites: [IPPrefix] = []

    @OptionGroup var format: JSONFlag

    func run() async throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "ringfence")
        let installation = try Installation(opening: folder.path)
        let configuration = try installation.configuration(sipTLS: sipTLS, media: rtp, sites: sites)
        logger.logLevel = configuration.logLevel
        let system = try await PhoneSystem.start(installation, configuration, logger: logger) { [format] in
            Console.say(format.isOn ? $0.readyJSON : $0.readyLine)
        }
        // The group's own log tells of services starting and stopping, which is nothing to an operator.
        var lifecycle = logger
        lifecycle.logLevel = .error
        try await ServiceGroup(
            services: [system],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: lifecycle
        ).run()
    }
}

extension PhoneSystem {
    fileprivate var readyLine: String {
        "ringfence ready: SIP over TLS on \(sipTLS), media on \(media)"
    }

    fileprivate var readyJSON: String {
        #"{"media":"\#(media)","ready":true,"sipTLS":"\#(sipTLS)"}"#
    }
}
