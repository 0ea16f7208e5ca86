// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct PhoneNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "phone",
        abstract: "The phones that may register, each with its own secret.",
        subcommands: [PhoneEnrol.self, PhoneList.self, PhoneRevoke.self]
    )
}

struct PhoneList: ServerCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the phones that are enrolled.")

    @Argument(help: ArgumentHelp("Only the phones of this extension.", valueName: "number"))
    var number: String?

    @OptionGroup var options: ServerOptions

    func validate() throws {
        if let number { try NumberArgument.check(number) }
    }

    var command: ListPhones { ListPhones(extension: number) }

    func output(of list: ListPhones.Reply) throws -> Output {
        guard !list.isEmpty else {
            return try Output(
                "No phones are enrolled.",
                json: list,
                hint: "Next: ringfence phone enrol \(number ?? "101")"
            )
        }
        return try Output(PhoneReport.table(list), json: list)
    }
}

struct PhoneRevoke: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Kill a phone's secret: it is unregistered at once and cannot come back.",
        discussion: "For a phone that is lost or thrown away. To let it in again, enrol it anew."
    )

    @Argument(help: ArgumentHelp("The phone, as 'ringfence phone list' shows it.", valueName: "phone"))
    var id: String

    @OptionGroup var options: ServerOptions

    var command: RevokePhone { RevokePhone(id: id) }

    func output(of revocation: RevokePhone.Reply) throws -> Output {
        let facts = FactList([
            ("Calls ended", "\(revocation.endedCalls)"), ("Phones unregistered", "\(revocation.removedRegistrations)"),
        ])
        let text = "Phone \(revocation.id) of extension \(revocation.extension) is revoked.\n\(facts.text)"
        return try Output(text, json: revocation)
    }
}

extension PhoneReport {
    static func table(_ phones: [PhoneReport]) -> String {
        let rows = phones.map {
            [
                $0.id.text, $0.extension.text, $0.label, $0.username, "\($0.passwordBits) bits",
                $0.minimum.rawValue, "\($0.registrations)", $0.enrolledAt.seconds,
            ]
        }
        let columns = ["phone", "extension", "label", "user name", "password", "digest from", "registered", "enrolled"]
        return Table(columns, rows).text
    }
}
