// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Model
import Primitives
import Server

struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a new phone system in a folder of its own.",
        discussion: """
            It gets a private certificate authority, unless you bring a certificate. Phones
            need the authority's root, whose path and fingerprint are printed.

              ringfence init --data /var/lib/ringfence --domain example.com \\
                --address 192.0.2.10 --name pbx.example.com
            """
    )

    @OptionGroup var folder: FolderOption

    @Option(help: "The SIP domain of the business, such as example.com. It never changes.")
    var domain: DomainName

    @Option(help: "The address of this machine that phones reach, such as 192.0.2.10.")
    var address: IPAddress

    @Option(
        name: .customLong("name"),
        help: "A host name of this server; the first is the one phones are told. Repeatable."
    )
    var names: [String] = []

    @Option(help: ArgumentHelp("A certificate for those names, with its chain, as PEM.", valueName: "file"))
    var certificate: String?

    @Option(help: ArgumentHelp("The certificate's private key, as PEM.", valueName: "file"))
    var key: String?

    @Option(
        help: ArgumentHelp(
            "Where the portal is reached by browsers. Repeatable. Default: the address, port 8443.",
            valueName: "ip:port"
        )
    )
    var portal: [SocketAddress] = []

    @Flag(help: "Serve no portal. Later: ringfence portal listen.")
    var noPortal = false

    @Option(help: "Who is invited to the portal first, by a link that is printed; an address for mail is a good name.")
    var owner = "owner"

    @OptionGroup var network: NetworkOptions
    @OptionGroup var format: JSONFlag

    func validate() throws {
        guard (certificate == nil) == (key == nil) else {
            throw ValidationError("--certificate and --key go together.")
        }
        guard portal.isEmpty || !noPortal else {
            throw ValidationError("--portal and --no-portal contradict each other.")
        }
    }

    func run() async throws {
        try make(at: Date()).deliver(asJSON: format.isOn)
    }

    func make(at now: Date) throws -> Output {
        var files: (certificate: String, key: String)?
        if let certificate, let key { files = (certificate, key) }
        let request = try InstallationRequest(
            directory: folder.path,
            domain: domain,
            address: address,
            names: names,
            certificate: files
        )
        var settings = try network.settings()
        if !noPortal { settings.portal = portal.isEmpty ? [SocketAddress(ip: address, port: 8_443)] : portal }
        let time = WallTime(milliseconds: Int64(now.timeIntervalSince1970 * 1_000))
        let first = noPortal ? nil : try FirstOwner(owner, at: time)
        let made = try request.createWithStore(
            by: Account.current,
            at: now,
            network: settings,
            owner: first,
            asksBeforeCalls: first != nil
        )
        let link = settings.portal.first.flatMap { first?.link(host: made.settings.names[0], port: $0.port) }
        let summary = try Summary(made, link)
        return try Output(summary.text, json: summary, hint: summary.nextSteps)
    }
}

extension Init {
    fileprivate struct Summary: Encodable {
        let directory: String
        let domain: String
        let address: String
        let names: [String]
        /// The path of the root for phones; `nil` when they know it already.
        let ca: String?
        let fingerprint: String?
        /// By which the first owner comes into the portal, once; `nil` without one.
        let invitation: String?
        let owner: String?

        init(_ made: Installation, _ link: InvitationLink?) throws {
            (invitation, owner) = (link?.link, link?.name)
            (directory, domain) = (made.directory, made.settings.domain)
            (address, names) = (made.settings.address, made.settings.names)
            ca = made.hasRoot ? made.rootCertificate : nil
            fingerprint = try ca.map {
                try CertificateFacts(pem: String(contentsOfFile: $0, encoding: .utf8)).fingerprint
            }
        }

        var text: String {
            var facts = [("Phones connect to", "\(names[0]):5061 over TLS"), ("Address", address)]
            if let ca, let fingerprint {
                facts += [("Root certificate for phones", ca), ("Its SHA-256 fingerprint", fingerprint)]
            }
            if let invitation, let owner {
                facts += [
                    ("The portal, for '\(owner)'", invitation), ("", "works once, for 24 hours, while the server runs"),
                ]
            }
            return "The phone system of \(domain) is in \(directory).\n\(FactList(facts).text)"
        }

        var nextSteps: String {
            """
            Next, start it, and in another terminal add an extension and enrol a phone:
              ringfence serve --data \(directory)
              ringfence extension add 101 --data \(directory)
              ringfence phone enrol 101 --data \(directory)
            """
        }
    }
}

/// Who types.
enum Account {
    /// The account's name for the journal.
    static var current: String { "\(NSUserName()) (uid \(getuid()))" }
}
