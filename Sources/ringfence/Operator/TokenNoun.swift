// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct TokenNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "What lets programs work with the API of the portal.",
        subcommands: [TokenIssue.self, TokenList.self, TokenRevoke.self]
    )
}

struct TokenIssue: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Make a token for a program. It is shown once.",
        discussion: """
            It may no more than its role, and nothing for which people show a code of their
            second factor, unless each such command is named with --only.

              ringfence token issue wallboard --role auditor --only call.list
              ringfence token issue prometheus --role auditor --days 366
              curl -H "Authorization: Bearer rft_…" \\
                https://office.example:8443/api/v1/call.list
            """
    )

    @Argument(help: ArgumentHelp("Of the program: letters, digits and hyphens.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("What it is let in for; not owner.", valueName: "role"))
    var role: Role

    @Option(help: ArgumentHelp("How long it is good for, 366 at most.", valueName: "days"))
    var days = 90

    @Option(
        help: ArgumentHelp(
            "A command it is for; several times for several. Default: what its role may.",
            valueName: "command"
        )
    )
    var only: [String] = []

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard (1...366).contains(days) else { throw ValidationError("--days is a number from 1 to 366.") }
    }

    var command: IssueToken { IssueToken(name: name, role: role, days: days, commands: only) }

    func output(of issued: IssuedToken) throws -> Output {
        try Output(
            "\(issued.token)\nIt is the token '\(issued.report.name)', good until \(issued.report.until.seconds).",
            json: issued,
            hint: "Put it where only that program can read it. It is not shown again."
        )
    }
}

struct TokenList: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show every token, without what it is shown by."
    )

    @OptionGroup var options: ServerOptions

    var command: ListTokens { ListTokens() }

    func output(of tokens: [TokenReport]) throws -> Output {
        guard !tokens.isEmpty else { return try Output("No program has a token.", json: tokens) }
        let rows = tokens.map {
            [
                $0.name.text, $0.role.description,
                $0.commands.isEmpty ? "what its role may" : $0.commands.joined(separator: " "),
                $0.issuedBy, $0.since.seconds, $0.until.seconds,
            ]
        }
        return try Output(Table(["token", "role", "for", "by", "since", "until"], rows).text, json: tokens)
    }
}

struct TokenRevoke: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take a token back: it is good for nothing from now on."
    )

    @Argument(help: ArgumentHelp("As 'ringfence token list' shows it.", valueName: "name"))
    var name: String

    @OptionGroup var options: ServerOptions

    var command: RevokeToken { RevokeToken(name: name) }

    func output(of report: TokenReport) throws -> Output {
        try Output("The token '\(report.name)' is good for nothing any more.", json: report)
    }
}
