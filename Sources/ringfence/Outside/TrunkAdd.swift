// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives
import Server

struct TrunkAdd: SettingCommand {
    static let example =
        "Add one: ringfence trunk add main --domain sip.provider.example --username NAME --password-file FILE"

    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a provider's way to the outside world.",
        discussion: """
            The provider's certificate has to name its domain, and calls are encrypted. The
            password is asked for, or read from a file; it never stands in a command.

              ringfence trunk add main --domain sip.provider.example --username 4930123
              ringfence trunk add backup --domain sip.other.example --priority 10 \\
                --server sip1.other.example:5061 --no-register \\
                --prefix 198.51.100.0/24

            A provider that encrypts nothing is used from its own addresses only, with a
            reason and an end:

              ringfence trunk add old --domain sip.old.example --transport udp \\
                --username 4930123 --prefix 198.51.100.0/24 \\
                --media-prefix 198.51.100.0/24 --allow-plain --until 30d \\
                --reason "moves to TLS in March; said A. Owner"
            """
    )

    @OptionGroup var trunk: TrunkArgument

    @Option(help: "The provider's SIP domain, which its certificate names.")
    var domain: DomainName

    @Option(help: "The user name that the provider gave you.")
    var username: String?

    @Option(help: ArgumentHelp("A file with the password in it. Default: it is asked for.", valueName: "file"))
    var passwordFile: String?

    @Option(help: "The realm that the password is for, where the provider names one. Default: its domain.")
    var realm: String?

    @Option(
        name: .customLong("server"),
        help: ArgumentHelp(
            "Where the provider is, first choice first. Repeatable. Default: as DNS says.",
            valueName: "host:port"
        )
    )
    var servers: [String] = []

    @Option(help: "How SIP travels there: tls, or tcp or udp with --allow-plain.")
    var transport = Trunk.Transport.tls

    @Flag(help: "Do not register: the provider knows where this system is.")
    var noRegister = false

    @Option(
        name: .customLong("prefix"),
        help: ArgumentHelp("From where the provider's requests come. Repeatable.", valueName: "network")
    )
    var prefixes: [IPPrefix] = []

    @Option(
        name: .customLong("media-prefix"),
        help: ArgumentHelp("From where its audio comes. Repeatable.", valueName: "network")
    )
    var mediaPrefixes: [IPPrefix] = []

    @Option(
        help: ArgumentHelp(
            "PEM: the roots that sign its certificate. Default: those of this machine.",
            valueName: "file"
        )
    )
    var authority: String?

    @Flag(help: "Show our own certificate to the provider.")
    var showCertificate = false

    @Option(help: "How the provider writes numbers: plus (+4930…), digits (4930…) or national (030…).")
    var numbers = Trunk.NumberFormat.plus

    @Option(help: "Where the provider reads who calls: asserted, preferred or from.")
    var callerField = Trunk.CallerField.asserted

    @Option(help: "How the provider is told of forwarded calls: none, diversion (RFC 5806) or history (RFC 7044).")
    var forwardField = Trunk.ForwardField.nothing

    @Flag(help: "The provider keeps a withheld number to itself, and is told it.")
    var keepsWithheld = false

    @Flag(help: "Register for all numbers at once (RFC 6140): the user name is the pilot number.")
    var registersNumbers = false

    @Option(help: "Calls at once.")
    var calls = Model.Limits.trunkCalls

    @Option(help: "Lower goes first.")
    var priority = 0

    @OptionGroup var plain: PlainOptions
    @OptionGroup var options: ServerOptions

    /// Read here and not by the server, which may run as an account that cannot.
    private(set) var files = Files()

    struct Files {
        var password: Redacted<String>?
        var authority: String?
    }

    enum CodingKeys: CodingKey {
        case trunk, domain, username, passwordFile, realm, servers, transport, noRegister, prefixes, mediaPrefixes,
            authority
        case showCertificate, numbers, callerField, forwardField, keepsWithheld, registersNumbers, calls, priority
        case plain, options
    }

    func validate() throws {
        guard passwordFile == nil || username != nil else {
            throw ValidationError("Whose password is that? Add --username.")
        }
    }

    var command: AddTrunk {
        var new = NewTrunk(name: trunk.name, domain: domain.text)
        (new.transport, new.servers, new.username, new.realm) = (transport, servers, username, realm)
        (new.registers, new.showsCertificate) = (!noRegister, showCertificate)
        (new.prefixes, new.mediaPrefixes) = (prefixes.map(\.description), mediaPrefixes.map(\.description))
        (new.authority, new.plain) = (files.authority, plain.asked)
        (new.numbers, new.callerField, new.calls, new.priority) = (numbers, callerField, calls, priority)
        (new.forwardField, new.keepsWithheld, new.registersNumbers) = (forwardField, keepsWithheld, registersNumbers)
        return AddTrunk(new, password: files.password)
    }

    mutating func run() async throws {
        files.authority = try authority.map { try PrivateFiles.read($0) }
        if username != nil { files.password = try SecretInput.read(passwordFile, "Password of trunk \(trunk.name): ") }
        try await ask()
    }

    func output(of report: TrunkReport) throws -> Output {
        let name = report.trunk.name
        let plain = report.isPlain ? "\nIt is NOT ENCRYPTED until \(report.trunk.exception?.until.seconds ?? "-")." : ""
        return try Output(
            "Trunk \(name) to \(report.trunk.domain) is added.\(plain)",
            json: report,
            hint: "Next, say which numbers are yours: ringfence number add +49… --to extension 101"
        )
    }
}

/// Leave to go without encryption.
struct PlainOptions: ParsableArguments {
    @Flag(help: "The provider encrypts nothing. With --reason and --until.")
    var allowPlain = false

    @Option(help: "Why without encryption, and who decided.")
    var reason: String?

    @Option(help: ArgumentHelp("When that ends: 30d, 2027-01-31.", valueName: "end"))
    var until: String?

    func validate() throws {
        guard allowPlain == (reason != nil), allowPlain == (until != nil) else {
            throw ValidationError("--allow-plain, --reason and --until go together.")
        }
    }

    var asked: NewTrunk.Plain? {
        guard allowPlain, let reason, let until else { return nil }
        return NewTrunk.Plain(reason: reason, until: until)
    }
}

struct TrunkPasswordVerb: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "password",
        abstract: "Give a trunk another password.",
        discussion: """
            It is asked for, or read from a file.

              ringfence trunk password main --password-file new-password
            """
    )

    @OptionGroup var trunk: TrunkArgument

    @Option(help: ArgumentHelp("A file with the password in it. Default: it is asked for.", valueName: "file"))
    var passwordFile: String?

    @OptionGroup var options: ServerOptions

    private(set) var password = Redacted("")

    enum CodingKeys: CodingKey {
        case trunk, passwordFile, options
    }

    var command: SetTrunkPassword { SetTrunkPassword(trunk: trunk.name, password: password) }

    mutating func run() async throws {
        password = try SecretInput.read(passwordFile, "New password of trunk \(trunk.name): ")
        try await ask()
    }

    func output(of report: TrunkReport) throws -> Output {
        try Output("Trunk \(report.trunk.name) logs in with the new password.", json: report, hint: report.hint)
    }
}
