// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct LiveNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live",
        abstract: "What has to be seen to before the first call outside.",
        discussion: """
            Until all of it is done, or may wait by somebody's word, calls outside are
            refused. Calls for help always go out.
            """,
        subcommands: [LiveShow.self, LiveConfirm.self, LiveExcept.self, LiveAsk.self]
    )
}

struct LiveShow: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what has been seen to, by whom, and what is left."
    )

    @OptionGroup var options: ServerOptions

    var command: ShowGoLive { ShowGoLive() }

    func output(of report: GoLiveReport) throws -> Output { try report.output }
}

struct LiveConfirm: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm",
        abstract: "Say that something has been seen to.",
        discussion: """
              ringfence live confirm firewall
            """
    )

    @Argument(help: ArgumentHelp("One of: second-factor, defaults, firewall, alerts.", valueName: "duty"))
    var duty: String

    @OptionGroup var options: ServerOptions

    var command: ConfirmDuty { ConfirmDuty(duty) }

    func output(of report: GoLiveReport) throws -> Output { try report.output }
}

struct LiveExcept: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "except",
        abstract: "Let something wait, for a reason and for a while; 'all' for all that is left.",
        discussion: """
              ringfence live except alerts --until 7d --reason 'no mail server yet'
            """
    )

    @Argument(help: ArgumentHelp("One of: second-factor, defaults, firewall, alerts, all.", valueName: "duty"))
    var duty: String

    @Option(help: "When it ends: 7d, 2026-12-24. At most 31 days.")
    var until: String

    @Option(help: "Why, and who decided.")
    var reason: String

    @OptionGroup var options: ServerOptions

    var command: ExceptDuty { ExceptDuty(duty, until: until, reason: reason) }

    func output(of report: GoLiveReport) throws -> Output { try report.output }
}

struct LiveAsk: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Refuse calls outside until everything has been seen to."
    )

    @OptionGroup var options: ServerOptions

    var command: AskGoLive { AskGoLive() }

    func output(of report: GoLiveReport) throws -> Output { try report.output }
}

extension GoLiveReport {
    fileprivate var output: Output {
        get throws {
            guard goLive.isAsked else {
                return try Output(
                    "Nothing is asked for before the first call outside.",
                    json: self,
                    hint: "Ask for it, which closes calls until it is done: ringfence live ask"
                )
            }
            let rows = GoLive.Duty.allCases.map { duty -> [String] in
                let word = goLive[duty]
                let isMissing = missing.contains(duty)
                let state =
                    isMissing ? "left" : word?.until == nil ? "done" : "waits until \(word?.until?.seconds ?? "")"
                return [duty.rawValue, state, word?.person ?? "-", word?.reason ?? "", duty.words]
            }
            let first =
                missing.isEmpty ? "Calls outside may leave." : "Calls outside are refused: \(missing.count) left."
            return try Output("\(first)\n\n\(Table(["duty", "state", "by", "why", "what"], rows).text)", json: self)
        }
    }
}
