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
        subcommands: [SpendShow.self, SpendLimit.self, SpendFit.self, SpendPrice.self, SpendCeiling.self]
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
            A call takes its money from the budgets of its extension, its trunk and the
            business together. An ordinary call at home, to a landline or mobile number
            that costs what such numbers cost, takes it from two budgets apart: those of
            its extension and of the business at home. The times slide: no midnight fills
            them up.

              ringfence spend limit business --hour 15 --day 50 --week 150
              ringfence spend limit extension 101 --hour 10 --day 30 --week 90
              ringfence spend limit extensions --hour 4 --day 12 --week 36
              ringfence spend limit home --hour 30 --day 120 --week 450
              ringfence spend limit home 104 --hour 20 --day 80 --week 400
              ringfence spend limit home extensions --hour 8 --day 30 --week 100
              ringfence spend limit extension 101 --as-others
            """
    )

    @Argument(
        help: ArgumentHelp(
            "business, extension 101, trunk main, group sales, home, home 101; for all without one: extensions, shared, home extensions.",
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

struct SpendFit: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit",
        abstract: "Fit the budgets to what calls cost you in an ordinary month.",
        discussion: """
            Take the figures from your provider's itemised bill of an ordinary month. Leave
            out calls to landline and mobile numbers of your own country: they have budgets
            apart. Without --set it only says what the budgets would be.

              ringfence spend fit --month 420 --day 38 --extension-day 12
              ringfence spend fit --month 420 --day 38 --extension-day 12 --set
            """
    )

    @Option(help: ArgumentHelp("What the month cost.", valueName: "amount"))
    var month: String

    @Option(help: ArgumentHelp("What its dearest day cost.", valueName: "amount"))
    var day: String

    @Option(help: ArgumentHelp("What the dearest day of one extension cost.", valueName: "amount"))
    var extensionDay: String

    @Flag(help: "Set the budgets.")
    var set = false

    @OptionGroup var options: ServerOptions

    func validate() throws {
        for text in [month, day, extensionDay] where Money(parsing: text) == nil {
            throw ValidationError("'\(text)' is no amount: write it like 12.50.")
        }
    }

    var command: FitSpendLimits {
        FitSpendLimits(month: month, day: day, extensionDay: extensionDay, sets: set)
    }

    func output(of fitted: FittedLimits) throws -> Output {
        let verb = set ? "may now spend" : "would have"
        let text = """
            The business and each trunk \(verb) \(fitted.business).
            Each extension without limits of its own \(verb) \(fitted.eachExtension).
            """
        let beyond = fitted.ceiling.map {
            "\n\nYour bill needs more than the ceiling lets anybody set. Two operators and a day raise it:"
                + "\nringfence spend ceiling raise --hour \($0.hour) --day \($0.day) --week \($0.week)"
        }
        return try Output(text + (beyond ?? ""), json: fitted, hint: set ? nil : "Set them: the same with --set")
    }
}

struct SpendPrice: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "price",
        abstract: "Say what one call, minute and answer may cost, and how long calls last.",
        discussion: """
            What is not named stays as it is.

              ringfence spend price --per-call 5 --per-minute 0.50 --set-up 0.20
              ringfence spend price --ordinary 0.10
              ringfence spend price --after-hours 25 --longest-international 60
            """
    )

    @Option(help: ArgumentHelp("For one call with its answer.", valueName: "amount"))
    var perCall: String?

    @Option(help: ArgumentHelp("No minute may cost more, whatever the country.", valueName: "amount"))
    var perMinute: String?

    @Option(help: ArgumentHelp("No answer may cost more.", valueName: "amount"))
    var setUp: String?

    @Option(
        help: ArgumentHelp("A call at home whose minute costs no more is an ordinary one.", valueName: "amount")
    )
    var ordinary: String?

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
        for text in [perCall, perMinute, setUp, ordinary].compactMap(\.self) where Money(parsing: text) == nil {
            throw ValidationError("'\(text)' is no amount: write it like 12.50.")
        }
    }

    var command: SetSpendPrices {
        var command = SetSpendPrices()
        (command.perCall, command.perMinute, command.setUp) = (perCall, perMinute, setUp)
        (command.afterHours, command.currency, command.ordinary) = (afterHours, currency, ordinary)
        (command.longestInternational, command.longestNational) = (longestInternational, longestNational)
        return command
    }

    func output(of overview: SpendOverview) throws -> Output {
        try Output(FactList(overview.prices).text, json: overview)
    }
}
