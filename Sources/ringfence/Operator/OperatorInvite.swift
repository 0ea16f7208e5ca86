// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct OperatorInvite: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite",
        abstract: "Make a link by which somebody sets a password for the portal.",
        discussion: """
            Only an owner may. The link works once and for 24 hours. For somebody who can
            sign in already, or was removed within the last day, it begins to work a day
            later, and everybody hears of it; root and the account of the server make one
            that works at once. Once used, it replaces password, second factor and recovery
            codes. To take a link back: ringfence operator withdraw NAME. The roles are
            those of: ringfence operator add --help

              ringfence operator invite anna@example.com --role administrator
            """
    )

    @Argument(help: ArgumentHelp("What they sign in with: letters, digits and . - _ @ +", valueName: "name"))
    var name: String

    @Option(help: "What they are let in for. Default: as it is.")
    var role: String?

    @Option(help: "The extension, for the role own-extension.")
    var `extension`: String?

    @OptionGroup var options: ServerOptions

    func validate() throws {
        if let `extension` { try NumberArgument.check(`extension`) }
        guard role == nil || wanted != nil else {
            throw ValidationError("'\(role ?? "")' is no role; see: ringfence operator add --help")
        }
    }

    private var wanted: Role? { role.flatMap { Role(parsing: $0 + (`extension`.map { ":\($0)" } ?? "")) } }

    var command: InviteOperator { InviteOperator(name: name, role: wanted) }

    func output(of link: InvitationLink) throws -> Output {
        try Output(
            "\(link.link)\nIt lets \(link.name) in as \(link.role), once, from \(link.from.seconds) "
                + "until \(link.until.seconds).",
            json: link,
            hint: "Hand it to that person and nobody else."
        )
    }
}

struct OperatorWithdraw: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Take a link to the portal back that was not used yet.",
        discussion: """
              ringfence operator withdraw anna@example.com
            """
    )

    @Argument(help: ArgumentHelp("Whom it was made for.", valueName: "name"))
    var name: String

    @OptionGroup var options: ServerOptions

    var command: WithdrawInvitation { WithdrawInvitation(name: name) }

    func output(of reply: WithdrawInvitation.Reply) throws -> Output {
        try Output("The link of \(reply.name) does not work any more.", json: reply)
    }
}
