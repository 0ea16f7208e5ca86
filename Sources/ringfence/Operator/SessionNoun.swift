// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct SessionNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session",
        abstract: "Who is signed in to the portal.",
        subcommands: [SessionList.self, SessionEnd.self]
    )
}

struct SessionList: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show who is signed in, and where from."
    )

    @OptionGroup var options: ServerOptions

    var command: ListSessions { ListSessions() }

    func output(of sessions: [SessionReport]) throws -> Output {
        guard !sessions.isEmpty else { return try Output("Nobody is signed in.", json: sessions) }
        let rows = sessions.map {
            [$0.id, $0.name, $0.role.description, "\($0.source)", $0.since.seconds, $0.lastSeen.seconds, $0.agent]
        }
        let head = ["session", "who", "role", "from", "since", "last seen", "browser"]
        return try Output(Table(head, rows).text, json: sessions)
    }
}

struct SessionEnd: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "end",
        abstract: "End sessions of somebody: they have to sign in again."
    )

    @Argument(help: ArgumentHelp("Whose.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("Only this one, as 'ringfence session list' shows it.", valueName: "session"))
    var id: String?

    @OptionGroup var options: ServerOptions

    var command: EndSessions { EndSessions(of: name, id: id) }

    func output(of sessions: [SessionReport]) throws -> Output {
        try Output("\(sessions.count) of \(name) ended.", json: sessions)
    }
}
