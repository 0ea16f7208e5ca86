// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct LimitNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limit",
        abstract: "How many calls to the outside there may be at a time.",
        subcommands: [LimitSet.self, LimitAbroad.self]
    )
}

struct LimitSet: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Say how many calls an extension or a trunk may have and begin. Calls for help always go out.",
        discussion: """
              ringfence limit set 101 --simultaneous 4 --per-second 2 --per-minute 30
              ringfence limit set trunk main --simultaneous 30 --per-second 5 \\
                --per-minute 100
              ringfence limit set 101 --as-others
            """
    )

    @Argument(help: ArgumentHelp("101, trunk main; extensions or trunks for all without one.", valueName: "whose"))
    var whose: [String]

    @Option(help: "Calls at a time, ringing ones included.")
    var simultaneous: Int?

    @Option(help: "Calls begun within a second.")
    var perSecond: Int?

    @Option(help: "Calls begun within a minute.")
    var perMinute: Int?

    @Flag(help: "Take its own limits away.")
    var asOthers = false

    @OptionGroup var options: ServerOptions

    private var subject: String { whose.joined(separator: " ") }

    func validate() throws {
        let given = [simultaneous, perSecond, perMinute].count { $0 != nil }
        guard given == (asOthers ? 0 : 3) else {
            throw ValidationError("Give --simultaneous, --per-second and --per-minute, or --as-others.")
        }
    }

    var command: SetCallLimit {
        SetCallLimit(subject: subject, simultaneous: simultaneous, perSecond: perSecond, perMinute: perMinute)
    }

    func output(of overview: PatternOverview) throws -> Output {
        let text =
            asOthers
            ? "Calls of \(subject) have the limits of all others." : "The limits of calls of \(subject) are set."
        return try Output(text, json: overview.callLimits, hint: "See them: ringfence pattern show")
    }
}

struct LimitAbroad: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "abroad",
        abstract: "Say how many calls to other countries the business may have at a time. What is not named stays.",
        discussion: """
            As it comes, two, and in a business with more than twenty extensions one for
            each ten of them. They show as 'Abroad at a time' in: ringfence pattern show

              ringfence limit abroad --least 2 --share 1
              ringfence limit abroad --share 20
            """
    )

    @Option(help: ArgumentHelp("Hundredths of the extensions, rounded down.", valueName: "percent"))
    var share: Int?

    @Option(help: ArgumentHelp("So many in any case.", valueName: "calls"))
    var least: Int?

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard share != nil || least != nil else { throw ValidationError("How many? Add --least, --share, or both.") }
    }

    var command: SetAbroadLimit { SetAbroadLimit(percent: share, least: least) }

    func output(of overview: PatternOverview) throws -> Output {
        try Output(overview.abroad, json: overview.callLimits, hint: "See all limits: ringfence pattern show")
    }
}

struct AfterHoursNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "after-hours",
        abstract: "What becomes of calls to the outside while the business is closed.",
        subcommands: [AfterHoursSet.self]
    )
}

struct AfterHoursSet: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Say what becomes of calls abroad then, and of what people are told. What is not named stays.",
        discussion: """
            The business is closed outside its hours: ringfence hours set.

              ringfence after-hours set --abroad roster --roster 101 102
              ringfence after-hours set --told premium mobile --tells-abroad
            """
    )

    @Option(help: "Calls abroad: allow, roster, or confirm, which is refused until the server can ask for a code.")
    var abroad: AfterHoursSettings.Abroad?

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Who may call abroad then.", valueName: "number"))
    var roster: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Classes of numbers that people are told of.", valueName: "class")
    )
    var told: [NumberClass] = []

    @Flag(inversion: .prefixedNo, help: "Every call abroad too.")
    var tellsAbroad: Bool?

    @OptionGroup var options: ServerOptions

    func validate() throws {
        for number in roster { try NumberArgument.check(number) }
    }

    var command: SetAfterHours {
        var command = SetAfterHours()
        (command.abroad, command.tellsAbroad) = (abroad, tellsAbroad)
        (command.roster, command.told) = (roster.isEmpty ? nil : roster, told.isEmpty ? nil : told)
        return command
    }

    func output(of overview: PatternOverview) throws -> Output {
        try Output(overview.closed, json: overview.afterHours)
    }
}
