// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct IntercomNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intercom",
        abstract: "Phones that answer by themselves when certain others call.",
        discussion: """
            Whoever calls so hears the room in which the phone stands. Nobody may until it
            is opened for them by name, with a reason and an end. They dial *80*101; one
            phone of 101 answers, unless somebody talks at one of them or 101 is left
            alone. Each such call is an event.
            """,
        subcommands: [IntercomOpen.self, IntercomClose.self, IntercomList.self]
    )
}

struct IntercomOpen: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "open",
        abstract: "Let others call an extension by intercom for a while.",
        discussion: """
              ringfence intercom open 101 --for 102 103 --reason 'door of the workshop' \\
                --until 30d

            What was open for the extension before is replaced.
            """
    )

    @OptionGroup var number: NumberArgument

    @Option(
        name: .customLong("for"),
        parsing: .upToNextOption,
        help: ArgumentHelp("Who may call it so.", valueName: "extension")
    )
    var callers: [String] = []

    @Option(help: "Why, in a sentence.")
    var reason: String

    @Option(help: "Until when: 8h, 30d, 2026-12-24. 92 days at most.")
    var until: String

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard !callers.isEmpty else { throw ValidationError("Who may call it so? Name them: --for 102 103.") }
        for caller in callers { try NumberArgument.check(caller) }
    }

    var command: OpenIntercom {
        OpenIntercom(number: number.text, callers: callers, reason: reason, until: until)
    }

    func output(of report: IntercomReport) throws -> Output {
        let hint = "Close it: ringfence intercom close \(report.extension)"
        return try Output(
            "Extension \(report.extension) answers by itself when \(report.opening.words) dials *80*\(report.extension), "
                + "until \(report.opening.until.seconds).",
            json: report,
            hint: hint
        )
    }
}

struct IntercomClose: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Let nobody call an extension by intercom any more. Such calls end."
    )

    @OptionGroup var number: NumberArgument
    @OptionGroup var options: ServerOptions

    var command: CloseIntercom { CloseIntercom(number: number.text) }

    func output(of report: IntercomReport) throws -> Output {
        try Output("Extension \(report.extension) answers by itself no more.", json: report)
    }
}

struct IntercomList: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show who may be called by intercom, by whom, why and until when."
    )

    @OptionGroup var options: ServerOptions

    var command: ListIntercoms { ListIntercoms() }

    func output(of reports: [IntercomReport]) throws -> Output {
        guard !reports.isEmpty else { return try Output("No phone answers by itself.", json: reports) }
        let rows = reports.map { report in
            [
                report.extension.text, report.opening.words, report.opening.reason,
                report.isOpen ? report.opening.until.seconds : "ended", report.opening.origin.by,
            ]
        }
        return try Output(Table(["extension", "for", "reason", "until", "set by"], rows).text, json: reports)
    }
}

extension IntercomOpening {
    fileprivate var words: String { callers.sorted().map(\.text).joined(separator: ", ") }
}
