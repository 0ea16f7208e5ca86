// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct HoursNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hours",
        abstract: "When the business is open.",
        subcommands: [HoursShow.self, HoursSet.self, HoursClear.self, HolidayNoun.self]
    )
}

struct HoursShow: ServerCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the opening hours.")

    @OptionGroup var options: ServerOptions

    var command: ShowHours { ShowHours() }

    func output(of reply: ShowHours.Reply) throws -> Output {
        try Output(reply.text, json: reply, hint: reply.hours == nil ? HoursSet.example : nil)
    }
}

struct HoursSet: ServerCommand {
    static let example = "Set them: ringfence hours set 'mon-fri 08:00-18:00' --zone Europe/Berlin"

    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Say when the business is open.",
        discussion: """
            While the business is closed, calls go where 'ringfence number route --closed'
            sends them; without it they ring as always. Calls to the outside have smaller
            budgets then, and perhaps only a roster may call abroad: see 'ringfence spend
            price --help' and 'ringfence after-hours set --help'.

              ringfence hours set 'mon-fri 08:00-18:00' 'sat 09:00-12:00' \\
                --zone Europe/Berlin
            """
    )

    @Argument(help: ArgumentHelp("Days and times, each in quotes: 'mon-fri 08:00-18:00'.", valueName: "hours"))
    var spans: [String]

    @Option(help: "The time zone of the clock on your wall.")
    var zone: String

    @OptionGroup var options: ServerOptions

    func validate() throws {
        for text in spans where OpeningHours.Span(parsing: text) == nil {
            throw ValidationError("'\(text)' are no hours: write them like 'mon-fri 08:00-18:00'.")
        }
    }

    var command: SetHours { SetHours(zone: zone, spans: spans) }

    func output(of reply: ShowHours.Reply) throws -> Output { try Output(reply.text, json: reply) }
}

struct HoursClear: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear",
        abstract: "Say that the business is open at all times."
    )

    @OptionGroup var options: ServerOptions

    var command: SetHours { SetHours(zone: "", spans: []) }

    func output(of reply: ShowHours.Reply) throws -> Output { try Output(reply.text, json: reply) }
}

extension ShowHours.Reply {
    var text: String {
        guard let hours else {
            return night == .automatic ? "The business is open at all times." : "The business is \(night.words)."
        }
        let lines = hours.spans.map { "  \($0)" }.joined(separator: "\n")
        let state = night == .automatic ? "\(isOpen ? "open" : "closed") now" : night.words
        let closed = hours.holidays == .none ? "" : "\nClosed on \(hours.holidays)."
        return "The business is \(state). Its hours (\(hours.zone)):\n\(lines)\(closed)"
    }
}
