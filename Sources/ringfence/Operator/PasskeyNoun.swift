// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct PasskeyNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passkey",
        abstract: "With which passkeys people sign in to the portal.",
        discussion: """
            People add them in the portal, on the page of their account. A passkey stands
            in for the code of the authenticator app, and never for the password.
            """,
        subcommands: [PasskeyList.self, PasskeyRemove.self]
    )
}

struct PasskeyList: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show passkeys, and when each was last used."
    )

    @Argument(help: ArgumentHelp("Whose. Default: everybody's.", valueName: "name"))
    var name: String?

    @OptionGroup var options: ServerOptions

    var command: ListPasskeys { ListPasskeys(of: name) }

    func output(of passkeys: [PasskeyReport]) throws -> Output {
        guard !passkeys.isEmpty else { return try Output("Nobody signs in with a passkey.", json: passkeys) }
        let rows = passkeys.map { [$0.operator, $0.name.text, $0.since.seconds, $0.lastUsed?.seconds ?? "never"] }
        return try Output(Table(["who", "passkey", "since", "last used"], rows).text, json: passkeys)
    }
}

struct PasskeyRemove: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a passkey of somebody, and end their sessions: they sign in with a code again."
    )

    @Argument(help: ArgumentHelp("Whose.", valueName: "name"))
    var name: String

    @Argument(help: ArgumentHelp("As 'ringfence passkey list' shows it.", valueName: "passkey"))
    var passkey: String

    @OptionGroup var options: ServerOptions

    var command: RemovePasskey { RemovePasskey(of: name, passkey: passkey) }

    func output(of report: PasskeyReport) throws -> Output {
        try Output("\(report.operator) signs in with the passkey \(report.name) no more.", json: report)
    }
}
