// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct TrunkNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trunk",
        abstract: "The providers that calls to and from the outside world go over.",
        subcommands: [
            TrunkAdd.self, TrunkList.self, TrunkShow.self, TrunkTest.self, TrunkDisable.self, TrunkEnable.self,
            TrunkSet.self, TrunkPasswordVerb.self,
            TrunkExcept.self, TrunkWithdraw.self, TrunkRemove.self,
        ]
    )
}

/// The name of one trunk.
struct TrunkArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The trunk's name, as 'ringfence trunk list' shows it.", valueName: "trunk"))
    var name: String

    func validate() throws {
        guard TrunkName(parsing: name) != nil else {
            throw ValidationError("'\(name)' is no name of a trunk: a-z, 0-9 and hyphens, such as main.")
        }
    }
}

struct TrunkList: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the trunks, first choice first, and how each is at this moment."
    )

    @OptionGroup var options: ServerOptions

    var command: ListTrunks { ListTrunks() }

    func output(of trunks: ListTrunks.Reply) throws -> Output {
        guard !trunks.isEmpty else { return try Output("There are no trunks.", json: trunks, hint: TrunkAdd.example) }
        let rows = trunks.map {
            [
                $0.trunk.name.text, $0.trunk.domain.text, $0.protection, $0.stateWords, $0.state?.server ?? "-",
                "\($0.trunk.calls)", "\($0.trunk.priority)",
            ]
        }
        let columns = ["trunk", "provider", "encryption", "state", "server", "calls", "priority"]
        return try Output(Table(columns, rows).text, json: trunks)
    }
}

struct TrunkShow: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show all about one trunk.")

    @OptionGroup var trunk: TrunkArgument
    @OptionGroup var options: ServerOptions

    var command: ShowTrunk { ShowTrunk(trunk: trunk.name) }

    func output(of report: TrunkReport) throws -> Output { try Output(report.text, json: report) }
}

struct TrunkTest: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Call the provider, and say what is wrong and what to ask it for.",
        discussion: "Takes half a minute at most. Exits 1 when no call could go over the trunk."
    )

    @OptionGroup var trunk: TrunkArgument
    @OptionGroup var options: ServerOptions

    var command: TestTrunk { TestTrunk(trunk: trunk.name) }

    func output(of report: DoctorReport) throws -> Output { try DoctorVerb.output(report.facts) }
}

struct TrunkDisable: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Take a trunk out of use: its calls end, and none comes or goes over it."
    )

    @OptionGroup var trunk: TrunkArgument
    @OptionGroup var options: ServerOptions

    var command: DisableTrunk { DisableTrunk(trunk: trunk.name) }

    func output(of report: TrunkReport) throws -> Output {
        let hint = "Bring it back: ringfence trunk enable \(report.trunk.name)"
        return try Output("Trunk \(report.trunk.name) is disabled.", json: report, hint: hint)
    }
}

struct TrunkEnable: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "enable", abstract: "Bring a trunk back into use.")

    @OptionGroup var trunk: TrunkArgument
    @OptionGroup var options: ServerOptions

    var command: EnableTrunk { EnableTrunk(trunk: trunk.name) }

    func output(of report: TrunkReport) throws -> Output {
        try Output("Trunk \(report.trunk.name) is enabled.", json: report, hint: report.hint)
    }
}

struct TrunkRemove: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Forget a trunk and its password. Its calls end."
    )

    @OptionGroup var trunk: TrunkArgument
    @OptionGroup var options: ServerOptions

    var command: RemoveTrunk { RemoveTrunk(trunk: trunk.name) }

    func output(of removed: RemoveTrunk.Reply) throws -> Output {
        let trunk = removed.trunk
        let rest = [(removed.hadLimits, "its limits"), (removed.hadRates, "its price list")].filter(\.0).map(\.1)
        let words = rest.isEmpty ? "" : ", and with it \(rest.joined(separator: " and "))"
        return try Output("Trunk \(trunk.name) to \(trunk.domain) is removed\(words).", json: trunk)
    }
}

struct TrunkExcept: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "except",
        abstract: "Let a trunk go without encryption for a while, or for longer.",
        discussion: """
            Whoever is on the way hears every word and can place calls at your cost. It
            ends by itself.

              ringfence trunk except main --until 30d \\
                --reason "provider moves to TLS in March; said A. Owner"
            """
    )

    @OptionGroup var trunk: TrunkArgument

    @Option(help: "Why this provider, and who decided.")
    var reason: String

    @Option(help: ArgumentHelp("When it ends: 30d, 2027-01-31.", valueName: "end"))
    var until: String

    @OptionGroup var options: ServerOptions

    var command: ExcuseTrunk {
        ExcuseTrunk(trunk: trunk.name, plain: NewTrunk.Plain(reason: reason, until: until))
    }

    func output(of report: TrunkReport) throws -> Output {
        let end = report.trunk.exception?.until.seconds ?? "-"
        return try Output(
            "Trunk \(report.trunk.name) may go without encryption until \(end).",
            json: report,
            hint: "Take it back: ringfence trunk withdraw \(report.trunk.name)"
        )
    }
}

struct TrunkWithdraw: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Take that leave back before its time."
    )

    @OptionGroup var trunk: TrunkArgument
    @OptionGroup var options: ServerOptions

    var command: WithdrawTrunk { WithdrawTrunk(trunk: trunk.name) }

    func output(of report: TrunkReport) throws -> Output {
        try Output("Trunk \(report.trunk.name) goes with encryption only, or not at all.", json: report)
    }
}
