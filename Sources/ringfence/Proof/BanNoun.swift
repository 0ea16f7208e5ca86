// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct BanNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ban",
        abstract: "Who is shut out, why, until when, and how to let them in again.",
        subcommands: [BanList.self, BanAdd.self, BanRemove.self]
    )
}

struct BanList: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show every ban that holds, the newest first."
    )

    @OptionGroup var options: ServerOptions

    var command: ListBans { ListBans() }

    func output(of bans: ListBans.Reply) throws -> Output {
        guard !bans.isEmpty else { return try Output("Nobody is shut out.", json: bans) }
        let rows = bans.map {
            [$0.source.description, $0.reason.rawValue, $0.until.seconds, "\($0.repetition)", $0.actor, $0.evidence]
        }
        return try Output(
            Table(["source", "reason", "until", "times", "by", "evidence"], rows).text,
            json: bans,
            hint: "Let one in again: ringfence ban remove SOURCE"
        )
    }
}

struct BanAdd: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Shut an address out for a while.",
        discussion: """
            Its connections are closed at once, and nothing it sends is read. An IPv6
            address stands for its /64.

              ringfence ban add 203.0.113.7 --reason "guesses passwords; said A. Owner"
            """
    )

    @Argument(help: ArgumentHelp("An address, or an IPv6 /64.", valueName: "source"))
    var source: BanSource

    @Option(help: "What was seen, and who decided.")
    var reason: String

    @Option(help: "For how many hours.")
    var hours = 24

    @OptionGroup var options: ServerOptions

    var command: AddBan { AddBan(source: source.description, reason: reason, hours: hours) }

    func output(of ban: AddBan.Reply) throws -> Output {
        let text = "\(ban.source) is shut out until \(ban.until.seconds)."
        return try Output(text, json: ban, hint: "Let it in again: \(ban.remedy)")
    }
}

struct BanRemove: ServerCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Let an address in again.")

    @Argument(help: ArgumentHelp("An address, or an IPv6 /64.", valueName: "source"))
    var source: BanSource

    @OptionGroup var options: ServerOptions

    var command: RemoveBan { RemoveBan(source: source.description) }

    func output(of ban: RemoveBan.Reply) throws -> Output {
        try Output("\(ban.source) is let in again.", json: ban)
    }
}
