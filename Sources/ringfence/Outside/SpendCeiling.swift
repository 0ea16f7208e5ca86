// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct SpendCeiling: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ceiling",
        abstract: "What no limit may exceed. Two operators and a day raise it.",
        subcommands: [CeilingShow.self, CeilingLower.self, CeilingRaiseVerb.self, CeilingAgree.self, CeilingDrop.self]
    )
}

struct CeilingShow: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show it, and what somebody asked for."
    )

    @OptionGroup var options: ServerOptions

    var command: ShowSpend { ShowSpend() }

    func output(of overview: SpendOverview) throws -> Output {
        try Output(overview.ceiling, json: overview.settings, hint: overview.raiseHint)
    }
}

/// All three amounts of a ceiling.
struct CeilingAmounts: ParsableArguments {
    @OptionGroup var amounts: AmountOptions

    func validate() throws {
        guard amounts.isGiven else { throw ValidationError("Give --hour, --day and --week.") }
    }

    var values: (hour: String, day: String, week: String) {
        (amounts.hour ?? "", amounts.day ?? "", amounts.week ?? "")
    }
}

struct CeilingLower: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "lower", abstract: "Lower it, at once.")

    @OptionGroup var ceiling: CeilingAmounts
    @OptionGroup var options: ServerOptions

    var command: LowerCeiling {
        LowerCeiling(hour: ceiling.values.hour, day: ceiling.values.day, week: ceiling.values.week)
    }

    func output(of overview: SpendOverview) throws -> Output { try Output(overview.ceiling, json: overview.settings) }
}

struct CeilingRaiseVerb: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "raise",
        abstract: "Ask for a higher one. Somebody else has to agree within a week.",
        discussion: """
            It holds a day after somebody else agreed, so that there is time to notice.

              ringfence spend ceiling raise --hour 100 --day 300 --week 900
            """
    )

    @OptionGroup var ceiling: CeilingAmounts
    @OptionGroup var options: ServerOptions

    var command: RaiseCeiling {
        RaiseCeiling(hour: ceiling.values.hour, day: ceiling.values.day, week: ceiling.values.week)
    }

    func output(of overview: SpendOverview) throws -> Output {
        try Output(overview.ceiling, json: overview.settings, hint: overview.raiseHint)
    }
}

struct CeilingAgree: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "agree",
        abstract: "Agree to what somebody else asked for. It holds in a day."
    )

    @Option(help: ArgumentHelp("What you agree to for a week, as 'show' says it.", valueName: "amount"))
    var week: String

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard Money(parsing: week) != nil else { throw ValidationError("'\(week)' is no amount: write it like 12.50.") }
    }

    var command: AgreeToCeiling { AgreeToCeiling(week: week) }

    func output(of overview: SpendOverview) throws -> Output {
        try Output(overview.ceiling, json: overview.settings, hint: overview.raiseHint)
    }
}

struct CeilingDrop: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Take back what somebody asked for, agreed or not."
    )

    @Option(help: ArgumentHelp("What was asked for a week, as 'show' says it.", valueName: "amount"))
    var week: String

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard Money(parsing: week) != nil else { throw ValidationError("'\(week)' is no amount: write it like 12.50.") }
    }

    var command: DropCeilingRaise { DropCeilingRaise(week: week) }

    func output(of overview: SpendOverview) throws -> Output { try Output(overview.ceiling, json: overview.settings) }
}
