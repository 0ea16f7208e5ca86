// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct AlertNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alert",
        abstract: "What people are told at once, and by which channels.",
        subcommands: [AlertList.self, AlertKinds.self, ChannelNoun.self]
    )
}

struct AlertList: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show what people were told of late, the newest first."
    )

    @OptionGroup var limit: LimitOption
    @OptionGroup var options: ServerOptions

    var command: ListAlerts { ListAlerts(limit: limit.count) }

    func output(of alerts: ListAlerts.Reply) throws -> Output {
        guard !alerts.isEmpty else { return try Output("Nobody was told anything.", json: alerts) }
        let rows = alerts.map {
            [
                $0.at.seconds, $0.finding.severity.rawValue, $0.finding.code.group.rawValue,
                AlertText.harmless($0.finding.title), AlertText.harmless($0.finding.evidence),
            ]
        }
        return try Output(Table(["at", "severity", "group", "what", "seen"], rows).text, json: alerts)
    }
}

struct AlertKinds: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "kinds",
        abstract: "Show everything that people are told of at once, and which channels hear it.",
        discussion: """
            What is found to be wrong with the system itself (certificate, disk, records,
            jobs, channels) is of the group service, and is not in this list.
            """
    )

    @OptionGroup var options: ServerOptions

    var command: ListAlertKinds { ListAlertKinds() }

    func output(of kinds: ListAlertKinds.Reply) throws -> Output {
        let rows = kinds.map {
            [
                $0.code.rawValue, $0.group.rawValue, $0.severity.rawValue, $0.title,
                $0.channels.isEmpty ? "the log" : $0.channels.map(\.text).joined(separator: ", "),
            ]
        }
        return try Output(Table(["kind", "group", "severity", "what", "told over"], rows).text, json: kinds)
    }
}

/// What a channel hears of.
struct ChoiceOptions: ParsableArguments {
    @Option(help: "From which severity on: notice, warning or critical.")
    var least = Finding.Severity.notice

    @Option(
        name: .customLong("group"),
        help: ArgumentHelp(
            "Only of this: registration, fraud, attack, service, people, emergency or report. Repeatable.",
            valueName: "group"
        )
    )
    var groups: [AlertGroup] = []

    var choice: AlertChoice { AlertChoice(least: least, groups: Set(groups)) }
}

/// The name of one channel.
struct ChannelArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The channel's name, as 'ringfence alert channel list' shows it.", valueName: "channel")
    )
    var name: String

    func validate() throws {
        guard ShortName(parsing: name) != nil else {
            throw ValidationError("'\(name)' is no name of a channel: letters, digits and hyphens, such as owner.")
        }
    }
}
