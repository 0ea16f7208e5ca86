// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct EventNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event",
        abstract: "What attackers, and phones that look like them, have tried.",
        subcommands: [EventList.self]
    )
}

struct EventList: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the last security events, the newest first."
    )

    @OptionGroup var limit: LimitOption
    @OptionGroup var options: ServerOptions

    var command: ListEvents { ListEvents(limit: limit.count) }

    func output(of events: ListEvents.Reply) throws -> Output {
        guard !events.isEmpty else { return try Output("Nothing was noticed.", json: events) }
        let rows = events.map {
            [
                $0.at.seconds, $0.kind.rawValue, "\($0.source)", "\($0.count)", $0.control.rawValue,
                $0.subject?.description ?? "-", $0.detail,
            ]
        }
        return try Output(
            Table(["at", "what", "from", "times", "control", "aimed at", "detail"], rows).text,
            json: events
        )
    }
}
