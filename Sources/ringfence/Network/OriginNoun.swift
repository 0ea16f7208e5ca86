// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct OriginNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "origin",
        abstract: "Web sites whose pages may open a WebSocket.",
        subcommands: [OriginList.self, OriginAdd.self, OriginRemove.self]
    )
}

struct OriginList: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the sites. Pages of this system itself may always do so, and are not listed."
    )

    @OptionGroup var options: ServerOptions

    var command: ListOrigins { ListOrigins() }

    func output(of origins: [WebOrigin]) throws -> Output {
        guard !origins.isEmpty else { return try Output("None but our own.", json: origins) }
        return try Output(origins.map(\.text).joined(separator: "\n"), json: origins)
    }
}

struct OriginAdd: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Let pages of a web site open a WebSocket.",
        discussion: """
            It applies at once.

              ringfence origin add https://intranet.example.com
            """
    )

    @Argument(help: ArgumentHelp("The site, as browsers name it.", valueName: "https://host"))
    var origin: WebOrigin

    @OptionGroup var options: ServerOptions

    var command: AddOrigin { AddOrigin(origin: origin.text) }

    func output(of origin: WebOrigin) throws -> Output {
        let hint = "Take it back: ringfence origin remove \(origin)"
        return try Output("Pages of \(origin) may open a WebSocket.", json: origin, hint: hint)
    }
}

struct OriginRemove: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Keep pages of a web site from opening a WebSocket. WebSockets that are open stay."
    )

    @Argument(help: ArgumentHelp("As 'ringfence origin list' shows it.", valueName: "https://host"))
    var origin: WebOrigin

    @OptionGroup var options: ServerOptions

    var command: RemoveOrigin { RemoveOrigin(origin: origin.text) }

    func output(of origin: WebOrigin) throws -> Output {
        try Output("Pages of \(origin) can no longer open a WebSocket.", json: origin)
    }
}
