// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct NumberNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "number",
        abstract: "The telephone numbers of the business.",
        subcommands: [
            NumberAdd.self, NumberList.self, NumberRoute.self, NumberCaller.self, NumberWithhold.self,
            NumberRemove.self,
        ]
    )
}

/// Who gets the calls for a number.
struct DestinationOption: ParsableArguments {
    @Option(
        name: [.customLong("to"), .customLong("hours")],
        parsing: .upToNextOption,
        help: ArgumentHelp("Who gets its calls: extension 101, group sales, or nobody.", valueName: "destination")
    )
    var words: [String] = []

    @Option(
        name: .customLong("closed"),
        parsing: .upToNextOption,
        help: ArgumentHelp("Who gets them while the business is closed. Default: the same.", valueName: "destination")
    )
    var closedWords: [String] = []

    /// `nil` for the same.
    var closed: String? { closedWords.isEmpty ? nil : closedWords.joined(separator: " ") }

    /// `nil` for nobody.
    var text: String? { words.isEmpty || words == ["nobody"] ? nil : words.joined(separator: " ") }
}

struct NumberAdd: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Say that a number is yours, and who gets its calls.",
        discussion: """
            Calls show numbers of your own only.

              ringfence number add +493012345678 --to extension 101
              ringfence number add +493012345679
            """
    )

    @Argument(help: ArgumentHelp("With a plus and the code of the country.", valueName: "number"))
    var number: PhoneNumber

    @OptionGroup var destination: DestinationOption

    @Option(help: "The trunk that brings its calls. Default: whichever does.")
    var trunk: String?

    @OptionGroup var options: ServerOptions

    var command: AddNumber {
        AddNumber(number: number.text, destination: destination.text, closed: destination.closed, trunk: trunk)
    }

    func output(of number: OwnedNumber) throws -> Output {
        try Output(
            "\(number.number) is yours and \(number.words).",
            json: number,
            hint: "Show it when you call: ringfence number caller \(number.number)"
        )
    }
}

struct NumberList: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show your numbers, who gets their calls, and whose calls show them."
    )

    @OptionGroup var options: ServerOptions

    var command: ListNumbers { ListNumbers() }

    func output(of list: OwnedNumbers) throws -> Output {
        guard !list.numbers.isEmpty else {
            let hint = "Add one: ringfence number add +493012345678 --to extension 101"
            return try Output("The business has no numbers.", json: list, hint: hint)
        }
        let rows = list.numbers.map {
            [
                $0.number.text, $0.destination?.words ?? "nobody", $0.closed?.words ?? "the same",
                $0.trunk?.text ?? "any",
                list.callers.words(of: $0.number),
            ]
        }
        let table = Table(["number", "reaches", "closed", "trunk", "shown by"], rows).text
        let withheld = list.callers.withheld.sorted().map(\.text).joined(separator: ", ")
        let text = withheld.isEmpty ? table : "\(table)\nCalls of \(withheld) show no number."
        return try Output(text, json: list)
    }
}

struct NumberRoute: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "route",
        abstract: "Say who gets the calls for a number from now on.",
        discussion: """
              ringfence number route +493012345678 --to extension 102
              ringfence number route +493012345678 --to group sales \\
                --closed extension 103
              ringfence number route +493012345678 --to nobody
            """
    )

    @Argument(help: ArgumentHelp("As 'ringfence number list' shows it.", valueName: "number"))
    var number: PhoneNumber

    @OptionGroup var destination: DestinationOption
    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard !destination.words.isEmpty else { throw ValidationError("Who gets its calls? Add --to extension 101.") }
    }

    var command: RouteNumber {
        RouteNumber(number: number.text, destination: destination.text, closed: destination.closed)
    }

    func output(of number: OwnedNumber) throws -> Output {
        try Output("\(number.number) \(number.words).", json: number)
    }
}

struct NumberCaller: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "caller",
        abstract: "Say under which of your numbers calls go out.",
        discussion: """
              ringfence number caller +493012345678
              ringfence number caller +493012345679 --extension 101
              ringfence number caller +493012345680 --site 10.1.0.0/16
              ringfence number caller none --extension 101

            An extension's own number goes before that of the network where its phone is.
            """
    )

    @Argument(help: ArgumentHelp("One of yours, or none.", valueName: "number"))
    var number: String

    @Option(help: "For one extension. Default: for all that have none of their own.")
    var `extension`: String?

    @Option(help: ArgumentHelp("For phones in this network that have none of their own.", valueName: "network"))
    var site: IPPrefix?

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard `extension` == nil || site == nil else { throw ValidationError("Whose? Give --extension or --site.") }
        if let `extension` { try NumberArgument.check(`extension`) }
        guard number == "none" || PhoneNumber(parsing: number) != nil else {
            throw ValidationError("'\(number)' is not a number: write it like +493012345678, or none.")
        }
    }

    var command: SetCallerNumber {
        SetCallerNumber(
            number: number == "none" ? nil : number,
            extension: `extension`,
            site: site?.description
        )
    }

    func output(of callers: CallerNumbers) throws -> Output {
        let whose =
            `extension`.map { "extension \($0)" } ?? site.map { "phones in \($0)" }
            ?? "whoever has no number of their own"
        let shown = number == "none" ? "no number of their own" : number
        return try Output("Calls of \(whose) show \(shown).", json: callers)
    }
}

struct NumberWithhold: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "withhold",
        abstract: "Say that the calls of an extension to the outside show no number.",
        discussion: """
            Calls for help show it in any case. For one call a phone dials *31* before the
            number. Whether the provider is told it: ringfence trunk set --keeps-withheld.

              ringfence number withhold 101
              ringfence number withhold 101 --off
            """
    )

    @Argument(help: ArgumentHelp("Whose calls.", valueName: "extension"))
    var `extension`: String

    @Flag(help: "They show their number again.")
    var off = false

    @OptionGroup var options: ServerOptions

    func validate() throws { try NumberArgument.check(`extension`) }

    var command: WithholdNumber { WithholdNumber(extension: `extension`, isWithheld: !off) }

    func output(of callers: CallerNumbers) throws -> Output {
        try Output("Calls of extension \(`extension`) show \(off ? "their" : "no") number.", json: callers)
    }
}

struct NumberRemove: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Say that a number is not yours any more. No call shows it, and nobody is reached by it."
    )

    @Argument(help: ArgumentHelp("As 'ringfence number list' shows it.", valueName: "number"))
    var number: PhoneNumber

    @OptionGroup var options: ServerOptions

    var command: RemoveNumber { RemoveNumber(number: number.text) }

    func output(of number: OwnedNumber) throws -> Output {
        try Output("\(number.number) is not yours any more.", json: number)
    }
}

extension OwnedNumber {
    fileprivate var words: String {
        let closed = closed.map { ", and \($0.words) while the business is closed" } ?? ""
        return "reaches \(destination?.words ?? "nobody")\(closed)"
    }
}

extension CallerNumbers {
    fileprivate func words(of number: PhoneNumber) -> String {
        let some = own.filter { $0.value == number }.keys.sorted().map(\.text)
        let places = sites.filter { $0.value == number }.keys.map(\.description).sorted().map { "phones in \($0)" }
        let words = (usual == number ? ["everybody else"] : []) + some + places
        return words.isEmpty ? "-" : words.joined(separator: ", ")
    }
}
