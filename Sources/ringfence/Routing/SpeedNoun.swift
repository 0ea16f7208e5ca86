// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct SpeedNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speed",
        abstract: "Speed dials: numbers that phones dial by *0 and two digits.",
        discussion: """
            A call by *007 is judged as if its number had been dialled. What an extension
            has of its own counts before what the business has. Phones set their own by
            *75*07*102, and clear it by *75*07.
            """,
        subcommands: [SpeedList.self, SpeedSet.self, SpeedRemove.self]
    )
}

struct SpeedDialArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("Two digits.", valueName: "digits"))
    var key: String

    @Option(help: "Only at the phones of one extension. Default: at all.")
    var `extension`: String?

    func validate() throws {
        guard SpeedDials.Key(parsing: key) != nil else { throw ValidationError("'\(key)' is not two digits.") }
        if let `extension` { try NumberArgument.check(`extension`) }
    }

    func sentence(_ report: SpeedDialReport) -> String {
        let whose = report.extension.map { "extension \($0)" } ?? "the business"
        let target = SpeedDials.Key(parsing: key).flatMap { report.dials[$0] }
        return "*0\(key) stands for \(target?.text ?? "nothing") at \(whose)."
    }
}

struct SpeedSet: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Let two digits stand for an extension or a number.",
        discussion: """
              ringfence speed set 07 +493012345678
              ringfence speed set 07 102 --extension 101
            """
    )

    @OptionGroup var dial: SpeedDialArgument

    @Argument(help: ArgumentHelp("An extension, or a number with its country code.", valueName: "target"))
    var target: String

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard Forward.Target(parsing: target) != nil else {
            throw ValidationError("'\(target)' is no target: write an extension, or a number like +493012345678.")
        }
    }

    var command: SetSpeedDial { SetSpeedDial(key: dial.key, target: target, extension: dial.extension) }

    func output(of report: SpeedDialReport) throws -> Output { try Output(dial.sentence(report), json: report) }
}

struct SpeedRemove: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Let two digits stand for nothing any more."
    )

    @OptionGroup var dial: SpeedDialArgument
    @OptionGroup var options: ServerOptions

    var command: SetSpeedDial { SetSpeedDial(key: dial.key, target: nil, extension: dial.extension) }

    func output(of report: SpeedDialReport) throws -> Output { try Output(dial.sentence(report), json: report) }
}

struct SpeedList: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show every speed dial.")

    @OptionGroup var options: ServerOptions

    var command: ListSpeedDials { ListSpeedDials() }

    func output(of reports: [SpeedDialReport]) throws -> Output {
        let rows = reports.flatMap { report in
            report.dials.entries.sorted { $0.key < $1.key }.map { key, target in
                [key.dialled, target.text, report.extension.map { "extension \($0)" } ?? "the business"]
            }
        }
        guard !rows.isEmpty else {
            let hint = "Set one: ringfence speed set 07 +493012345678"
            return try Output("There are no speed dials.", json: reports, hint: hint)
        }
        return try Output(Table(["dialled", "stands for", "at"], rows).text, json: reports)
    }
}
