// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct BlockNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "block",
        abstract: "Who outside may not call.",
        discussion: """
            A number that is blocked hears what a number hears that calls nobody. Calls
            inside, and calls for help, are never blocked.
            """,
        subcommands: [BlockAdd.self, BlockedList.self, BlockRemove.self, BlockAnonymousVerb.self]
    )
}

struct BlockedNumbers: ParsableArguments {
    @Argument(help: ArgumentHelp("Numbers, or what they begin with and a star, in quotes.", valueName: "number"))
    var numbers: [String]

    @Option(help: "Only for calls to one extension. Default: for the business.")
    var `extension`: String?

    func validate() throws {
        for number in numbers where Model.BlockList.Entry(parsing: number) == nil {
            throw ValidationError("'\(number)' cannot be blocked: write it like +493012345678, or '+4490*'.")
        }
        if let `extension` { try NumberArgument.check(`extension`) }
    }

    var whose: String { `extension`.map { "extension \($0)" } ?? "the business" }
}

struct BlockAdd: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Let numbers call no more. Their calls end, too.",
        discussion: """
              ringfence block add +493012345678 '+4490*'
              ringfence block add +493012345678 --extension 101
            """
    )

    @OptionGroup var numbers: BlockedNumbers
    @OptionGroup var options: ServerOptions

    var command: AddBlock { AddBlock(numbers: numbers.numbers, extension: numbers.extension) }

    func output(of report: BlockReport) throws -> Output {
        try Output("\(numbers.numbers.joined(separator: ", ")) may not call \(numbers.whose).", json: report)
    }
}

struct BlockRemove: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Let numbers call again.")

    @OptionGroup var numbers: BlockedNumbers
    @OptionGroup var options: ServerOptions

    var command: RemoveBlock { RemoveBlock(numbers: numbers.numbers, extension: numbers.extension) }

    func output(of report: BlockReport) throws -> Output {
        try Output("\(numbers.numbers.joined(separator: ", ")) may call \(numbers.whose).", json: report)
    }
}

struct BlockedList: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show who may not call.")

    @OptionGroup var options: ServerOptions

    var command: ListBlocks { ListBlocks() }

    func output(of reports: [BlockReport]) throws -> Output {
        let rows = reports.flatMap { report in
            let lines = report.list.entries.sorted().map(\.text) + (report.list.rejectsAnonymous ? ["anonymous"] : [])
            return lines.map { [report.extension.map { "extension \($0)" } ?? "the business", $0] }
        }
        guard !rows.isEmpty else {
            let hint = "Block a number: ringfence block add +493012345678"
            return try Output("Nobody is blocked.", json: reports, hint: hint)
        }
        return try Output(Table(["for calls to", "blocked"], rows).text, json: reports)
    }
}

struct BlockAnonymousVerb: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "anonymous",
        abstract: "Let who withholds their number call no more, or again.",
        discussion: """
            They hear that calls without a number are not taken (433, RFC 5079). Phones set
            it for their extension by *77 and *87.

              ringfence block anonymous on
              ringfence block anonymous on --extension 101
            """
    )

    @Argument(help: ArgumentHelp("on or off.", valueName: "on|off"))
    var state: ForwardQuiet.Switch

    @Option(help: "Only for calls to one extension. Default: for the business.")
    var `extension`: String?

    @OptionGroup var options: ServerOptions

    var command: BlockAnonymous { BlockAnonymous(state == .on, extension: `extension`) }

    func output(of report: BlockReport) throws -> Output {
        let whose = report.extension.map { "extension \($0)" } ?? "the business"
        return try Output(
            "Who withholds their number may\(report.list.rejectsAnonymous ? " not" : "") call \(whose).",
            json: report
        )
    }
}
