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
            "Where SIP over TLS is accepted. Repeatable; phones are told the port of the first one. Default: the address "
                + "given to init, port 5061.",
            valueName: "ip:port"
        )
    )
    var sipTLS: [ListenerArgument] = []

    @Option(
        name: .customLong("sip-wss"),
        help: ArgumentHelp(
            "Where SIP over secure WebSockets is accepted, for browsers. Repeatable.",
            valueName: "ip:port"
        )
    )
    var sipWSS: [ListenerArgument] = []

    @Option(
        name: .customLong("origin"),
        help: ArgumentHelp(
            "A site whose pages may open a WebSocket, beside those under the names of this system. Repeatable.",
            valueName: "https://host"
        )
    )
    var origins: [WebOrigin] = []

    @Option(
        help: ArgumentHelp(
            "Where media arrives; the first port, an even one, is shared by all calls. Once for IPv4 and once for IPv6 where "
                + "there are both. Default: the address given to init, ports 40000-40001.",
            valueName: "ip:first-last"
        )
    )
    var rtp: [MediaPorts] = []

    @Option(
        name: .customLong("site"),
        help: ArgumentHelp("A network that phones sit in, which may register faster. Repeatable.", valueName: "prefix")
    )
    var sites: [IPPrefix] = []

    @Option(
        name: .customLong("client-ca"),
        help: ArgumentHelp(
            "The root that signs the certificates of who connects, where a listener asks for one with ',clients=request' "
                + "or ',clients=require' behind its address. Default: the root of this system.",
            valueName: "file"
        )
    )
    var clientCA: String?

    @OptionGroup var format: JSONFlag

    func run() async throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "ringfence")
        let installation = try Installation(opening: folder.path)
        let configuration = try installation.configuration(
            sipTLS: sipTLS.map { $0.listener(.tls) },
            sipWSS: sipWSS.map { $0.listener(.wss) },
            origins: origins,
            media: rtp,
            sites: sites,
            clientAuthority: clientCA
        )
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
        let browsers = serving.sipWSS.map { ", over WSS on \($0)" }.joined()
        return "ringfence ready: SIP over TLS on \(serving.sipTLS)\(browsers), media on \(serving.media)"
    }

    fileprivate var readyJSON: String {
        let browsers = serving.sipWSS.map { #""\#($0)""# }.joined(separator: ",")
        return #"{"media":"\#(serving.media)","ready":true,"sipTLS":"\#(serving.sipTLS)","sipWSS":[\#(browsers)]}"#
    }
}
