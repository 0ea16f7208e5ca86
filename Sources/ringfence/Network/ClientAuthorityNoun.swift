// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Server

struct ClientAuthorityNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client-ca",
        abstract: "Who signs the certificates of phones that have their own.",
        subcommands: [ClientAuthoritySet.self]
    )
}

struct ClientAuthoritySet: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Trust the roots in a file, or our own root again.",
        discussion: """
            It applies to new connections of listeners that ask for certificates.

              ringfence client-ca set phones-ca.pem
              ringfence client-ca set
            """
    )

    @Argument(help: ArgumentHelp("PEM with one root or more. Without one: the root of this system.", valueName: "file"))
    var file: String?

    @OptionGroup var options: ServerOptions

    /// Read here and not by the server, which may run as an account that cannot.
    private(set) var authority: String?

    var command: TrustClients { TrustClients(authority: authority) }

    enum CodingKeys: CodingKey {
        case file, options
    }

    mutating func run() async throws {
        authority = try file.map { try PrivateFiles.read($0) }
        try await ask()
    }

    func output(of reply: TrustClients.Reply) throws -> Output {
        try Output(
            "Phones with certificates of \(reply.isOwn ? "our own root" : "these roots") are let in from now on.",
            json: reply
        )
    }
}
