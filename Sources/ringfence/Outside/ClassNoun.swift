// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct ClassNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "class",
        abstract: "Which kinds of numbers may be called: landline, mobile, toll-free.",
        subcommands: [ClassAllow.self, ClassRefuse.self]
    )
}

struct ClassAllow: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "allow",
        abstract: "Let calls go to a class of numbers, at home and in open countries.",
        discussion: """
            Extensions with a profile keep what it says.

              ringfence class allow voip
              ringfence class allow mobile --profile lobby
              ringfence class allow mobile --onward
              ringfence class allow voip --until 8h --reason "a webinar; A. Owner"
            """
    )

    @Argument(help: ArgumentHelp("As 'ringfence country list' names it.", valueName: "class"))
    var numberClass: NumberClass

    @OptionGroup var way: OpeningOptions
    @OptionGroup var profile: ProfileOption
    @OptionGroup var term: ReleaseOptions
    @OptionGroup var options: ServerOptions

    func validate() throws { try term.check(way) }

    var command: AllowClass {
        var command = AllowClass(numberClass, answer: way.answer, onward: way.onward, profile: profile.name)
        (command.until, command.reason) = (term.until, term.reason)
        return command
    }

    func output(of reply: ShowDialing.Reply) throws -> Output {
        if term.until != nil {
            let end = reply.settings.releases.first { $0.scope == .numberClass(numberClass) }?.until.seconds ?? "-"
            let hint = "Take it back: ringfence class refuse \(numberClass.rawValue)"
            let text = "Calls to \(numberClass.plural) are open until \(end)\(profile.words)."
            return try Output(text, json: reply.settings, hint: hint)
        }
        return try Output(
            way.sentence("Calls to \(numberClass.plural)", profile.words(in: reply.settings)),
            json: reply.settings,
            hint: "Take it back: ringfence class refuse \(numberClass.rawValue)\(profile.argument)"
        )
    }
}

struct ClassRefuse: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "refuse",
        abstract: "Let no call go to a class of numbers. Calls that are up go on.",
        discussion: "Without --profile for everybody, those of all profiles included."
    )

    @Argument(help: ArgumentHelp("As 'ringfence country list' names it.", valueName: "class"))
    var numberClass: NumberClass

    @OptionGroup var profile: ProfileOption
    @OptionGroup var options: ServerOptions

    var command: RefuseClass { RefuseClass(numberClass, profile: profile.name) }

    func output(of reply: ShowDialing.Reply) throws -> Output {
        try Output("Calls to \(numberClass.plural) are refused\(profile.words).", json: reply.settings)
    }
}

struct PremiumNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "premium",
        abstract: "Single numbers whose owners are paid for being called.",
        subcommands: [PremiumList.self, PremiumApprove.self, PremiumWithdraw.self]
    )
}

struct PremiumList: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the numbers that are approved."
    )

    @OptionGroup var options: ServerOptions

    var command: ShowDialing { ShowDialing() }

    func output(of reply: ShowDialing.Reply) throws -> Output {
        let text = reply.approvals.isEmpty ? "No premium-rate number may be called." : reply.approvals
        return try Output(text, json: reply.settings.approvals)
    }
}

struct PremiumApprove: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Let calls go to one such number for a while.",
        discussion: """
              ringfence premium approve +499001234567 --until 90d \\
                --reason "support line of our supplier; said A. Owner"
            """,
        aliases: ["allow"]
    )

    @Argument(help: ArgumentHelp("With a plus and the code of the country.", valueName: "number"))
    var number: PhoneNumber

    @Option(help: ArgumentHelp("When it ends: 90d, 2026-12-24.", valueName: "end"))
    var until: String

    @Option(help: "Why, and who decided.")
    var reason: String

    @OptionGroup var options: ServerOptions

    var command: ApprovePremium { ApprovePremium(number: number.text, until: until, reason: reason) }

    func output(of approval: PremiumApproval) throws -> Output {
        try Output(
            "\(approval.number) may be called until \(approval.until.seconds).",
            json: approval,
            hint: "Take it back: ringfence premium withdraw \(approval.number)"
        )
    }
}

struct PremiumWithdraw: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Take that leave back before its time."
    )

    @Argument(help: ArgumentHelp("As 'ringfence premium list' shows it.", valueName: "number"))
    var number: PhoneNumber

    @OptionGroup var options: ServerOptions

    var command: WithdrawPremium { WithdrawPremium(number: number.text) }

    func output(of approval: PremiumApproval) throws -> Output {
        try Output("\(approval.number) may not be called any more.", json: approval)
    }
}
