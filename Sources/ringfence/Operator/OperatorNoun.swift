// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct OperatorNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator",
        abstract: "Who may run the phone system, and what each may do.",
        subcommands: [
            OperatorAdd.self, OperatorInvite.self, OperatorWithdraw.self, OperatorList.self, OperatorRemove.self,
        ]
    )
}

struct OperatorAdd: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Let an account of this machine run the phone system, or give it another role.",
        discussion: """
            Only an owner may. The roles:

              owner          everything, and who else may do what
              administrator  extensions, phones, calls, the certificate, trunks, numbers
              security       who is shut out, exceptions to encryption, where calls may go
                             and what they may cost
              billing        extensions, numbers, call records, prices and what was spent
              front-desk     the list of extensions, who is registered, who talks
              auditor        looks at everything and changes nothing
              own-extension  looks at what belongs to one extension

              ringfence operator add alice --role administrator
              ringfence operator add bob --role own-extension --extension 204
            """
    )

    @Argument(help: ArgumentHelp("The account's name, as 'id -un' says it.", valueName: "account"))
    var account: String

    @Option(help: "What it is let in for.")
    var role: String

    @Option(help: "The extension, for the role own-extension.")
    var `extension`: String?

    @OptionGroup var options: ServerOptions

    func validate() throws {
        if let `extension` {
            try NumberArgument.check(`extension`)
            guard role == Role.ownExtensionName else {
                throw ValidationError("--extension is for the role \(Role.ownExtensionName).")
            }
        } else if role == Role.ownExtensionName {
            throw ValidationError("Which extension? Add it: --role \(Role.ownExtensionName) --extension 204")
        }
        guard wanted != nil else { throw ValidationError("'\(role)' is no role; see: ringfence operator add --help") }
    }

    private var wanted: Role? { Role(parsing: role + (`extension`.map { ":\($0)" } ?? "")) }

    var command: AddOperator {
        guard let wanted else { preconditionFailure("validate() checks the role") }
        return AddOperator(account: account, role: wanted)
    }

    func output(of report: AddOperator.Reply) throws -> Output {
        try Output(
            "\(report.words) may run the phone system as \(report.role).",
            json: report,
            hint: "Take it back: ringfence operator remove \(account)"
        )
    }
}

struct OperatorList: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show who may run the phone system, and when each was here last."
    )

    @OptionGroup var options: ServerOptions

    var command: ListOperators { ListOperators() }

    func output(of list: ListOperators.Reply) throws -> Output {
        let rows = list.map {
            [
                $0.name ?? "-", $0.account.map { "\($0.user)" } ?? "-", $0.role.description,
                $0.since?.seconds ?? "always", $0.since == nil ? "-" : $0.lastSeen?.seconds ?? "never",
                $0.signsIn ? "yes" : "no", $0.exists ? "" : "the account is gone",
            ]
        }
        let head = ["account", "uid", "role", "since", "last seen", "signs in", ""]
        return try Output(Table(head, rows).text, json: list)
    }
}

struct OperatorRemove: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Let an account run the phone system no more. Its open connections end at once."
    )

    @Argument(help: ArgumentHelp("The account, as 'ringfence operator list' shows it.", valueName: "account"))
    var account: String

    @OptionGroup var options: ServerOptions

    var command: RemoveOperator { RemoveOperator(account: account) }

    func output(of report: RemoveOperator.Reply) throws -> Output {
        try Output("\(report.words) may not run the phone system any more.", json: report)
    }
}
