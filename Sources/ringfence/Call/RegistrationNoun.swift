// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct RegistrationNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registration",
        abstract: "The phones that are connected at this moment.",
        subcommands: [RegistrationList.self]
    )
}

struct RegistrationList: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show which phones are registered, from where and how encrypted."
    )

    @OptionGroup var options: ServerOptions

    var command: ListRegistrations { ListRegistrations() }

    func output(of list: ListRegistrations.Reply) throws -> Output {
        guard !list.isEmpty else {
            return try Output("No phone is registered.", json: list, hint: "Why not? Ask: ringfence doctor")
        }
        return try Output(RegistrationReport.table(list), json: list)
    }
}

extension RegistrationReport {
    static func table(_ registrations: [RegistrationReport]) -> String {
        let rows = registrations.map {
            [
                $0.extension.text, $0.phone.text, $0.source, $0.userAgent ?? "-",
                $0.tlsVersion ?? $0.transport.uppercased(),
                $0.cipher ?? "-", $0.expiresAt.seconds,
            ]
        }
        return Table(["extension", "phone", "from", "software", "encryption", "cipher", "until"], rows).text
    }
}
