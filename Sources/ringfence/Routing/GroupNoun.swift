// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct GroupNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group",
        abstract: "Ring groups: extensions that get calls together.",
        subcommands: [
            GroupAdd.self, GroupChange.self, GroupList.self, GroupShow.self, GroupMember.self, GroupRemove.self,
        ]
    )
}

/// What a group is told when it is made or changed.
struct GroupOptions: ParsableArguments {
    @Option(help: "Who of them rings: all, in-turn, random, or longest-idle. Default: all.")
    var order: RingGroup.Order?

    @Option(help: "How long it rings: everybody together, or each in turn. Default: 30, in turn 15.")
    var seconds: Int?

    @Option(help: "What phones dial for it, or none.")
    var number: String?

    @Option(
        name: .customLong("then"),
        parsing: .upToNextOption,
        help: ArgumentHelp("Who gets a call that nobody takes: extension 101, group NAME, or nobody.", valueName: "who")
    )
    var fallback: [String] = []

    func validate() throws {
        if let number, number != "none" { try NumberArgument.check(number) }
    }

    func fill(_ command: inout PutGroup) {
        (command.order, command.seconds, command.number) = (order, seconds, number)
        command.fallback = fallback.isEmpty ? nil : fallback.joined(separator: " ")
    }
}

struct GroupArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("A name such as sales.", valueName: "group"))
    var name: String
}

struct GroupAdd: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Make a ring group.",
        discussion: """
            Who is disabled, not registered, in a call or left alone does not ring.

              ringfence group add sales --member 101 102 103
              ringfence group add help --member 104 105 --order longest-idle \\
                --number 700 --then extension 101
            """
    )

    @OptionGroup var group: GroupArgument

    @Option(
        name: .customLong("member"),
        parsing: .upToNextOption,
        help: ArgumentHelp("Who is in it, in the order in which they ring.", valueName: "extension")
    )
    var members: [String] = []

    @OptionGroup var settings: GroupOptions
    @OptionGroup var options: ServerOptions

    func validate() throws {
        for member in members { try NumberArgument.check(member) }
    }

    var command: PutGroup {
        var command = PutGroup(group: group.name)
        settings.fill(&command)
        command.members = members
        return command
    }

    func output(of group: RingGroup) throws -> Output {
        let hint = "Send a number to it: ringfence number route +493012345678 --to group \(group.name)"
        return try Output("\(group.sentence).", json: group, hint: hint)
    }
}

struct GroupChange: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Change how a ring group rings. What is not named stays.",
        discussion: """
              ringfence group change sales --order in-turn --seconds 20
              ringfence group change sales --then group help
              ringfence group change sales --number none --then nobody
            """
    )

    @OptionGroup var group: GroupArgument
    @OptionGroup var settings: GroupOptions
    @OptionGroup var options: ServerOptions

    var command: PutGroup {
        var command = PutGroup(group: group.name, isChange: true)
        settings.fill(&command)
        return command
    }

    func output(of group: RingGroup) throws -> Output { try Output("\(group.sentence).", json: group) }
}

struct GroupList: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the ring groups.")

    @OptionGroup var options: ServerOptions

    var command: ListGroups { ListGroups() }

    func output(of groups: [RingGroup]) throws -> Output {
        guard !groups.isEmpty else {
            let hint = "Make one: ringfence group add sales --member 101 102"
            return try Output("There are no ring groups.", json: groups, hint: hint)
        }
        let rows = groups.map {
            [
                $0.name.text, $0.number?.text ?? "-", $0.order.rawValue, "\($0.seconds) s", $0.memberWords,
                $0.fallback?.words ?? "nobody",
            ]
        }
        return try Output(Table(["group", "number", "order", "rings", "members", "then"], rows).text, json: groups)
    }
}

struct GroupShow: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one ring group.")

    @OptionGroup var group: GroupArgument
    @OptionGroup var options: ServerOptions

    var command: ListGroups { ListGroups() }

    func output(of groups: [RingGroup]) throws -> Output {
        guard let found = groups.first(where: { $0.name == ShortName(parsing: group.name) }) else {
            throw ValidationError("There is no group '\(group.name)': look at 'ringfence group list'.")
        }
        return try Output("\(found.sentence).", json: found)
    }
}

struct GroupMember: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "member",
        abstract: "Take extensions into a ring group or out of it, or let them pause.",
        discussion: """
              ringfence group member sales --add 104
              ringfence group member sales --remove 101
              ringfence group member sales --leave 102
              ringfence group member sales --join 102

            Members leave all their groups by dialling *45 and come back by *46, or one by
            its number: *45*700. A key with a lamp for that shows that they have left.
            """
    )

    @OptionGroup var group: GroupArgument

    @Option(name: .customLong("add"), parsing: .upToNextOption, help: "Who is in it from now on.")
    var added: [String] = []

    @Option(name: .customLong("remove"), parsing: .upToNextOption, help: "Who is in it no more.")
    var removed: [String] = []

    @Option(name: .customLong("leave"), parsing: .upToNextOption, help: "Who gets none of its calls for now.")
    var left: [String] = []

    @Option(name: .customLong("join"), parsing: .upToNextOption, help: "Who gets its calls again.")
    var joined: [String] = []

    @OptionGroup var options: ServerOptions

    private var asked: [(ChangeGroupMembers.Change, [String])] {
        [(.add, added), (.remove, removed), (.leave, left), (.join, joined)].filter { !$0.1.isEmpty }
    }

    func validate() throws {
        guard asked.count == 1 else { throw ValidationError("Give one of --add, --remove, --leave and --join.") }
        for member in asked[0].1 { try NumberArgument.check(member) }
    }

    var command: ChangeGroupMembers {
        ChangeGroupMembers(group: group.name, asked[0].0, members: asked[0].1)
    }

    func output(of group: RingGroup) throws -> Output { try Output("\(group.sentence).", json: group) }
}

struct GroupRemove: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "End a ring group that no number leads to any more."
    )

    @OptionGroup var group: GroupArgument
    @OptionGroup var options: ServerOptions

    var command: RemoveGroup { RemoveGroup(group: group.name) }

    func output(of group: RingGroup) throws -> Output { try Output("Group \(group.name) is gone.", json: group) }
}

extension RingGroup {
    fileprivate var memberWords: String {
        members.isEmpty
            ? "nobody" : members.map { away.contains($0) ? "\($0) (away)" : $0.text }.joined(separator: ", ")
    }

    fileprivate var sentence: String {
        let way =
            switch order {
            case .all: "all at once for \(seconds) seconds"
            case .inTurn: "in turn, \(seconds) seconds each"
            case .random: "in random order, \(seconds) seconds each"
            case .longestIdle: "who has been idle for longest first, \(seconds) seconds each"
            }
        let dialled = number.map { " (\($0))" } ?? ""
        return "Group \(name)\(dialled) rings \(memberWords), \(way), then \(fallback?.words ?? "nobody")"
    }
}
