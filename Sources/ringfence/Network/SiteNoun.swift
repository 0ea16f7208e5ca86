// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Primitives

struct SiteNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "site",
        abstract: "The networks that phones sit in.",
        subcommands: [SiteList.self, SiteAdd.self, SiteRemove.self]
    )
}

struct SiteList: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show every site.")

    @OptionGroup var options: ServerOptions

    var command: ListSites { ListSites() }

    func output(of sites: [IPPrefix]) throws -> Output {
        guard !sites.isEmpty else {
            let hint = "Name the network of an office: ringfence site add 10.1.0.0/16"
            return try Output("There are no sites.", json: sites, hint: hint)
        }
        return try Output(sites.map(\.description).joined(separator: "\n"), json: sites)
    }
}

struct SiteAdd: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Say that phones sit in a network: they may all come back at once.",
        discussion: """
            It applies at once. A site is never shut out, whatever comes from it, so name
            your own networks only.

              ringfence site add 10.1.0.0/16
              ringfence site add 203.0.113.7
            """
    )

    @Argument(help: ArgumentHelp("A network, or one address.", valueName: "prefix"))
    var prefix: IPPrefix

    @OptionGroup var options: ServerOptions

    var command: AddSite { AddSite(prefix: prefix.description) }

    func output(of site: IPPrefix) throws -> Output {
        try Output("\(site) is a site.", json: site, hint: "Take it back: ringfence site remove \(site)")
    }
}

struct SiteRemove: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Say that a network is no longer ours. Phones there stay registered."
    )

    @Argument(help: ArgumentHelp("As 'ringfence site list' shows it.", valueName: "prefix"))
    var prefix: IPPrefix

    @OptionGroup var options: ServerOptions

    var command: RemoveSite { RemoveSite(prefix: prefix.description) }

    func output(of site: IPPrefix) throws -> Output { try Output("\(site) is no site any more.", json: site) }
}
