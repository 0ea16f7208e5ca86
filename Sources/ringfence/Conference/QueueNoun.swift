// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct QueueNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Queues: callers of a ring group wait until a member takes their call.",
        discussion: """
            They are answered at once, and hear how many wait before them, and music. The
            one who has waited for longest rings first, at members who are free. Members
            leave and come back by the codes of groups: ringfence group --help.
            """,
        subcommands: [QueueSet.self, QueueList.self, QueueRemove.self]
    )
}

struct QueueArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("A ring group such as sales.", valueName: "group"))
    var name: String
}

struct QueueSet: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Let callers of a group wait. What is not named stays.",
        discussion: """
              ringfence queue set sales --wait 300 --then mailbox 101
              ringfence queue set sales --then extension 102
            """
    )

    @OptionGroup var group: QueueArgument

    @Option(help: "For how many seconds at most, 30 to 1800. Default: 300.")
    var wait: Int?

    @Option(
        name: .customLong("then"),
        parsing: .upToNextOption,
        help: ArgumentHelp("Where they go then, as a key of a menu leads there. Default: goodbye.", valueName: "place")
    )
    var overflow: [String] = []

    @OptionGroup var options: ServerOptions

    var command: SetQueue {
        var command = SetQueue(group: group.name)
        (command.seconds, command.overflow) = (wait, overflow.isEmpty ? nil : overflow.joined(separator: " "))
        return command
    }

    func output(of group: RingGroup) throws -> Output {
        try Output("Callers of group \(group.name) \(group.queue?.words ?? "wait no more").", json: group)
    }
}

struct QueueList: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the queues.")

    @OptionGroup var options: ServerOptions

    var command: ListQueues { ListQueues() }

    func output(of groups: [RingGroup]) throws -> Output {
        guard !groups.isEmpty else {
            return try Output("There are no queues.", json: groups, hint: "Make one: ringfence queue set sales")
        }
        let rows = groups.map { group in
            [
                group.name.text, "\(group.members.count)", "\(group.away.count)",
                group.queue.map { "\($0.seconds) s" } ?? "-", group.queue?.overflow.words ?? "-",
            ]
        }
        return try Output(Table(["group", "members", "away", "waits", "then"], rows).text, json: groups)
    }
}

struct QueueRemove: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Let a group ring again as soon as somebody calls."
    )

    @OptionGroup var group: QueueArgument
    @OptionGroup var options: ServerOptions

    var command: RemoveQueue { RemoveQueue(group: group.name) }

    func output(of group: RingGroup) throws -> Output {
        try Output("Callers of group \(group.name) wait no more.", json: group)
    }
}
