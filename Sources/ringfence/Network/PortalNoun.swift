// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Primitives

struct PortalNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "portal",
        abstract: "The pages for operators: where they are reached, and by whom.",
        subcommands: [PortalShow.self, PortalListen.self, PortalAdmit.self]
    )
}

struct PortalShow: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show where the portal is reached, and by whom."
    )

    @OptionGroup var options: ServerOptions

    var command: ShowPortal { ShowPortal() }

    func output(of report: PortalReport) throws -> Output { try report.output() }
}

struct PortalListen: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "listen",
        abstract: "Serve the portal on these addresses, from the next start of the server on.",
        discussion: """
            They take the place of those there were; without any it is served nowhere.

              ringfence portal listen 192.0.2.10:8443
            """
    )

    @Argument(help: ArgumentHelp("An address of this machine.", valueName: "ip:port"))
    var addresses: [SocketAddress] = []

    @OptionGroup var options: ServerOptions

    var command: ServePortal { ServePortal(addresses: addresses.map(\.description)) }

    func output(of report: PortalReport) throws -> Output { try report.output() }
}

struct PortalAdmit: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "admit",
        abstract: "Say which networks reach the portal, from now on. Nobody else gets an answer.",
        discussion: """
            They take the place of those there were; without any it is this machine and
            private networks.

              ringfence portal admit 127.0.0.1/32 10.1.0.0/16
            """
    )

    @Argument(help: ArgumentHelp("A network, or one address.", valueName: "prefix"))
    var networks: [IPPrefix] = []

    @OptionGroup var options: ServerOptions

    var command: AdmitNetworks { AdmitNetworks(networks: networks.map(\.description)) }

    func output(of report: PortalReport) throws -> Output { try report.output() }
}

extension PortalReport {
    fileprivate func output() throws -> Output {
        let none = "nowhere"
        let list = { (values: [String]) in values.isEmpty ? none : values.joined(separator: ", ") }
        let facts = FactList([
            ("Reached on", list(places.map { "https://\($0)" })), ("Open now", list(open.map { "https://\($0)" })),
            ("By", list(networks.map(\.description))),
        ])
        return try Output(facts.text, json: self)
    }
}
