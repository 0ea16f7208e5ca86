// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Primitives
import Server

struct CertificateNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "The certificate that phones verify.",
        subcommands: [CertificateShow.self, CertificateReplace.self]
    )
}

struct CertificateShow: ServerCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show what the server shows.")

    @OptionGroup var options: ServerOptions

    var command: ShowCertificate { ShowCertificate() }

    func output(of report: ShowCertificate.Reply) throws -> Output {
        try Output(report.text, json: report)
    }
}

struct CertificateReplace: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract: "Show another certificate from now on, without ending a connection.",
        discussion: """
            The pair is checked first: key, chain, names and dates. New connections see it
            at once.

              ringfence certificate replace --certificate fullchain.pem --key privkey.pem
            """
    )

    @Option(help: ArgumentHelp("PEM: the server's certificate, then its intermediates.", valueName: "file"))
    var certificate: String

    @Option(help: ArgumentHelp("PEM: the key that belongs to it.", valueName: "file"))
    var key: String

    @Flag(help: "Phones were given the root of the new certificate; without this it has to be the one they have.")
    var newAuthority = false

    @OptionGroup var options: ServerOptions

    /// Read here and not by the server, which may run as an account that cannot.
    private(set) var pair = CertificatePair(certificate: "", key: Redacted(""))

    var command: ReplaceCertificate { ReplaceCertificate(pair) }

    enum CodingKeys: CodingKey {
        case certificate, key, newAuthority, options
    }

    mutating func run() async throws {
        pair = CertificatePair(
            certificate: try PrivateFiles.read(certificate),
            key: Redacted(try PrivateFiles.read(key)),
            hasNewAuthority: newAuthority
        )
        try await ask()
    }

    func output(of report: ReplaceCertificate.Reply) throws -> Output {
        try Output("New connections see it now.\n" + report.text, json: report)
    }
}

extension CertificateReport {
    fileprivate var text: String {
        FactList([
            ("names", names.joined(separator: ", ")), ("valid", "\(notBefore.seconds) to \(notAfter.seconds)"),
            ("SHA-256", fingerprint), ("certificates sent", String(chainLength)),
            ("root", authority == nil ? "one that phones know already" : "given to phones when they are enrolled"),
        ]).text
    }
}
