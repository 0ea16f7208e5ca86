// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct SpendNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spend",
        abstract: "What calls may cost, and what they have cost.",
        subcommands: [SpendShow.self, SpendLimit.self, SpendPrice.self, SpendCeiling.self]
    )
}

struct SpendShow: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show limits, what is spent of them, and what calls of this moment have reserved."
    )

    @OptionGroup var options: ServerOptions

    var command: ShowSpend { ShowSpend() }

    func output(of overview: SpendOverview) throws -> Output { try Output(overview.text, json: overview) }
}

/// Amounts for an hour, a day and a week.
struct AmountOptions: ParsableArguments {
    @Option(help: ArgumentHelp("For any hour, in the currency of the business.", valueName: "amount"))
    var hour: String?

    @Option(help: ArgumentHelp("For any day.", valueName: "amount"))
    var day: String?

    @Option(help: ArgumentHelp("For any week.", valueName: "amount"))
    var week: String?

    func validate() throws {
        for text in [hour, day, week].compactMap(\.self) where Money(parsing: text) == nil {
            throw ValidationError("'\(text)' is no amount: write it like 12.50.")
        }
        let given = [hour, day, week].count { $0 != nil }
        guard given == 0 || given == 3 else { throw ValidationError("--hour, --day and --week go together.") }
    }

    var isGiven: Bool { hour != nil }
}

struct SpendLimit: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "limit",
        abstract: "Say what a budget may spend within any hour, day and week.",
        discussion: """
            Every call takes its money from the budgets of its extension, its trunk and the
            business together. The times slide: no midnight fills them up.

              ringfence spend limit business --hour 15 --day 50 --week 150
              ringfence spend limit extension 101 --hour 10 --day 30 --week 90
              ringfence spend limit extensions --hour 4 --day 12 --week 36
              ringfence spend limit extension 101 --as-others
            """
    )

    @Argument(
        help: ArgumentHelp(
            "business, extension 101, trunk main, group sales; extensions or shared for all without one.",
            valueName: "whose"
        )
    )
    var whose: [String]

    @OptionGroup var amounts: AmountOptions

    @Flag(help: "Take its own limits away.")
    var asOthers = false

    @OptionGroup var options: ServerOptions

    private var subject: String { whose.joined(separator: " ") }

    func validate() throws {
        guard SpendSubject(parsing: subject) != nil else {
            throw ValidationError("'\(subject)' has no budget; name one like: business, extension 101, trunk main.")
        }
        guard amounts.isGiven != asOthers else {
            throw ValidationError("Give --hour, --day and --week, or --as-others.")
        }
    }

    var command: SetSpendLimits {
        SetSpendLimits(subject: subject, hour: amounts.hour, day: amounts.day, week: amounts.week)
    }

    func output(of overview: SpendOverview) throws -> Output {
        let words = SpendSubject(parsing: subject)?.words ?? subject
        let limit =
            asOthers
            ? "what all others may"
            : "\(amounts.hour ?? "") an hour, \(amounts.day ?? "") a day, \(amounts.week ?? "") a week"
        return try Output("Calls of \(words) may cost \(limit).", json: overview)
    }
}

struct SpendPrice: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "price",
        abstract: "Say what one call, minute and answer may cost, and how long calls last.",
        discussion: """
            What is not named stays as it is.

              ringfence spend price --per-call 5 --per-minute 0.50 --set-up 0.20
              ringfence spend price --after-hours 25 --longest-international 60
            """
    )

    @Option(help: ArgumentHelp("For one call with its answer.", valueName: "amount"))
    var perCall: String?

    @Option(help: ArgumentHelp("No minute may cost more, whatever the country.", valueName: "amount"))
    var perMinute: String?

    @Option(help: ArgumentHelp("No answer may cost more.", valueName: "amount"))
    var setUp: String?

    @Option(help: ArgumentHelp("Of each limit, while the business is closed.", valueName: "percent"))
    var afterHours: Int?

    @Option(help: ArgumentHelp("How long a call abroad may last.", valueName: "minutes"))
    var longestInternational: Int?

    @Option(help: ArgumentHelp("How long any other may.", valueName: "minutes"))
    var longestNational: Int?

    @Option(
        help: ArgumentHelp("What your provider bills in, such as EUR. It changes no number.", valueName: "currency")
    )
    var currency: String?

    @OptionGroup var options: ServerOptions

    func validate() throws {
        for text in [perCall, perMinute, setUp].compactMap(\.self) where Money(parsing: text) == nil {
            throw ValidationError("'\(text)' is no amount: write it like 12.50.")
        }
    }

    var command: SetSpendPrices {
        var command = SetSpendPrices()
        (command.perCall, command.perMinute, command.setUp) = (perCall, perMinute, setUp)
        (command.afterHours, command.currency) = (afterHours, currency)
        (command.longestInternational, command.longestNational) = (longestInternational, longestNational)
        return command
    }

    func output(of overview: SpendOverview) throws -> Output {
        try Output(FactList(overview.prices).text, json: overview)
    }
}
