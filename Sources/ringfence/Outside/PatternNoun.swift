// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct PatternNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pattern",
        abstract: "What looks like a stolen extension, and whose calls are stopped.",
        subcommands: [
            PatternShow.self, PatternSet.self, PatternAdjust.self, PatternRelease.self, PatternRehearse.self,
        ],
        aliases: ["patterns"]
    )
}

struct PatternShow: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what is watched, the limits of calls, and who is stopped at this moment."
    )

    @OptionGroup var options: ServerOptions

    var command: ShowPatterns { ShowPatterns() }

    func output(of overview: PatternOverview) throws -> Output {
        let hint = overview.stops.first.map {
            "Let somebody call again: ringfence pattern release \($0.subject) --reason TEXT"
        }
        return try Output(overview.text, json: overview, hint: hint)
    }
}

struct PatternSet: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Say from where on people are told of a pattern, and calls are stopped.",
        discussion: """
            Both are exceeded, not reached. No rule can be turned off. Rules count calls,
            or what their names say; talk-time, average-duration and long-call count
            minutes, those of cost-rate and cost-hour hundredths of the currency.

              ringfence pattern set costly-hour --warn 40 --block 60 --minutes 240
              ringfence pattern set costly-hour --usual
            """
    )

    @Argument(help: ArgumentHelp("As 'ringfence pattern show' names it.", valueName: "rule"))
    var rule: PatternRule

    @Option(help: "From where on people are told, in the unit of the rule.")
    var warn: Int?

    @Option(help: "From where on calls are stopped.")
    var block: Int?

    @Option(help: "How long a stop lasts.")
    var minutes: Int?

    @Flag(help: "As the rule comes.")
    var usual = false

    @OptionGroup var options: ServerOptions

    func validate() throws {
        let given = [warn, block, minutes].count { $0 != nil }
        guard given == (usual ? 0 : 3) else {
            throw ValidationError("Give --warn, --block and --minutes, or --usual.")
        }
    }

    var command: SetPattern { SetPattern(rule, warn: warn, block: block, minutes: minutes) }

    func output(of overview: PatternOverview) throws -> Output {
        let threshold = overview.patterns[rule]
        return try Output(
            "\(rule.name): people are told above \(threshold.warn), calls are stopped above \(threshold.block) "
                + "for \(threshold.minutes) minutes.",
            json: overview
        )
    }
}

struct PatternAdjust: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "adjust",
        abstract: "Say what counts as costly and as usual. What is not named stays.",
        discussion: """
              ringfence pattern adjust --usual FR CH AT
              ringfence pattern adjust --new-country warn --costly 0.50 --high-risk 1.00
            """
    )

    @Option(
        help: "The first call to a country in 90 days: warn, block, or confirm, which warns until the server can ask."
    )
    var newCountry: PatternSettings.NewCountry?

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Countries that are no news.", valueName: "country"))
    var usual: [String] = []

    @Option(help: ArgumentHelp("A minute from which on a call at home counts as costly.", valueName: "amount"))
    var costly: String?

    @Option(help: ArgumentHelp("A minute from which on a number counts as high-risk.", valueName: "amount"))
    var highRisk: String?

    @Option(
        help: ArgumentHelp("What remains of thresholds for a day after a change of a password.", valueName: "percent")
    )
    var afterChange: Int?

    @OptionGroup var options: ServerOptions

    var command: AdjustPatterns {
        var command = AdjustPatterns()
        (command.newCountry, command.usual) = (newCountry, usual.isEmpty ? nil : usual)
        (command.costly, command.highRisk, command.afterChange) = (costly, highRisk, afterChange)
        return command
    }

    func output(of overview: PatternOverview) throws -> Output { try Output(overview.adjustments, json: overview) }
}

struct PatternRelease: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Let somebody call again who was stopped. It also ends by itself.",
        discussion: """
              ringfence pattern release 204 --reason "really a charity run; A. Owner"
              ringfence pattern release +37190123 --reason "supplier; A. Owner"
            """
    )

    @Argument(help: ArgumentHelp("An extension, business, high-risk, or a range.", valueName: "whose"))
    var subject: String

    @Option(help: "Why, and who decided.")
    var reason: String

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard PatternFinding.Subject(argument: subject) != nil else {
            throw ValidationError("'\(subject)' is nobody whose calls are stopped; see: ringfence pattern show")
        }
    }

    var command: ReleaseStop { ReleaseStop(subject: subject, reason: reason) }

    func output(of reply: ReleaseStop.Reply) throws -> Output {
        try Output("Calls of \(reply.subject) are stopped no more.", json: reply)
    }
}
