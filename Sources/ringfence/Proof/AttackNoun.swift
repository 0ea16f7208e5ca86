// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Audit
import Glibc
import Guard
import Model
import Primitives
import Server
import Store
import UnixSignals

struct AttackNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attack",
        abstract: "Attack the running server, to prove that the controls hold.",
        subcommands: [AttackRun.self]
    )
}

struct AttackRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Attack the running server from a process of its own, over the network.",
        discussion: """
            Bounded, and harmless to calls in progress: four extensions and some
            operators are made for the attacks and removed afterwards, and bans of the
            addresses they came from are lifted. Takes about five minutes; says what was
            attempted, expected and observed. Exits 1 when an attack got something or
            could not be carried out.

              ringfence attack run
              ringfence attack run --control intrusion-detection
            """
    )

    @Option(help: "Only the attacks on one control; see: ringfence control list")
    var control: Control?

    @OptionGroup var options: ServerOptions

    func run() async throws {
        let installation = try Installation(opening: options.folder.path)
        guard let serving = installation.serving else { throw Refusal.notServing(installation.directory) }
        let server = try ControlClient(installation, as: options.role)
        let address = serving.sipTLS.ip.isUnspecified ? installation.address : serving.sipTLS.ip
        let network = try NetworkWire(
            host: installation.settings.names[0],
            address: address,
            authority: installation.tls.authority
        )
        let directory = installation.directory
        let ending = Task {
            // Told to end: what was made for the attacks goes too.
            for await _ in await UnixSignalsSequence(trapping: .sigterm) {
                if let server = try? ControlClient(directory: directory) {
                    TemporaryAccounts.removeAll(from: server)
                    PortalTarget.removePeople(from: server)
                }
                Glibc.exit(128 + SIGTERM)
            }
        }
        defer { ending.cancel() }
        let accounts = try TemporaryAccounts(on: server)
        let report: AttackReport
        do {
            var target = try accounts.target(installation, serving, address)
            target.insider = .onThisMachine(directory: installation.directory)
            target.insider?.control = .onSocket(of: installation)
            target.insider?.ceiling = .onSocket(of: installation)
            target.insider?.rehearse = CallRehearsal.onSocket(of: installation)
            target.insider?.listenToAlerts(of: installation)
            target.outside = try OutsideTerms.read(from: server)
            target.insider?.help = .inThisProcess(domain: target.domain)
            PortalTarget.removePeople(from: server)
            let portal = try server.perform(ShowPortal())
            target.portal = portal.open.first.map {
                .onSocket(of: installation, open: $0, to: portal.networks, beside: address)
            }
            let numbers = try server.perform(ListNumbers()).numbers
            let (extensions, domain) = (try server.perform(ListExtensions()).map(\.number), target.domain)
            let home = target.outside?.dialing.numbering.home
            target.insider?.provider = .inThisProcess(numbers, extensions, domain: domain)
            target.insider?.dialIn = { () async throws(WireError) in
                try .inThisProcess(numbers, extensions, domain: domain, home: home)
            }
            let isQuiet = options.json
            report = await AttackSuite.run(control: control, wire: network.wire, target: target) { result in
                if !isQuiet { Console.complain("\(result.verdict) \(result.id) \(result.name)") }
            }
        } catch {
            accounts.remove()
            PortalTarget.removePeople(from: server)
            throw error
        }
        accounts.remove()
        PortalTarget.removePeople(from: server)
        let left = await AttackTraces.lift(of: network, since: report.at) {
            try server.perform(ListBans())
        } _: {
            try server.perform($0)
        }
        for ban in left { Console.complain("the ban of \(ban.source) is left behind; to lift it: \(ban.remedy)") }
        _ = try server.perform(KeepProofs(.attack, report.outcomes))
        try Output(report.text, json: report, fellShort: !report.holds).deliver(asJSON: options.json)
    }
}

/// Three extensions with a phone each, and one that is disabled, for as long as the attacks run.
private struct TemporaryAccounts {
    private static let name = "Attack in progress"
    private let server: ControlClient
    private let phones: [EnrolledPhone]

    init(on server: ControlClient) throws(Refusal) {
        self.server = server
        let existing = try server.perform(ListExtensions())
        // What an attack that was interrupted left behind.
        Self.removeAll(from: server)
        let taken = Set(existing.map(\.number.text))
        let free = Array((990_001...999_999).lazy.map(String.init).filter { !taken.contains($0) }.prefix(4))
        let wanted = free.map { NewExtension(number: $0, name: Self.name) }
        _ = try server.perform(AddExtensions(wanted))
        let enrolment = EnrolPhones(free.map { NewPhone(extension: $0, label: Self.name) })
        do throws(Refusal) {
            phones = try server.perform(enrolment)
            for number in free.dropFirst().prefix(2) {
                _ = try server.perform(ForwardExtension(number: number, to: .outside))
            }
            if let last = free.last { _ = try server.perform(DisableExtension(number: last)) }
        } catch {
            for number in free { _ = try? server.perform(RemoveExtension(number: number)) }
            throw error
        }
    }

    func target(_ installation: Installation, _ serving: Serving, _ address: IPAddress) throws(Refusal) -> Target {
        guard let domain = DomainName(parsing: installation.settings.domain) else { throw .otherThanAsked }
        let listeners = try server.perform(ListListeners())
        let clear = listeners.filter { $0.listener.purpose == .sipTCP || $0.listener.purpose == .sipUDP }
        var target = Target(
            host: installation.settings.names[0],
            address: address,
            tlsPort: serving.sipTLS.port,
            mediaPort: serving.media.first,
            domain: domain,
            exceptedPorts: Set(clear.compactMap { SocketAddress(parsing: $0.listener.address)?.port }),
            accounts: phones.dropLast().map(TestAccount.init)
        )
        target.leaver = phones.last.map(TestAccount.init)
        target.wssPort = serving.sipWSS.first?.port
        return target
    }

    /// Also those of an attack that was interrupted.
    static func removeAll(from server: ControlClient) {
        for left in (try? server.perform(ListExtensions())) ?? [] where left.name == name {
            _ = try? server.perform(RemoveExtension(number: left.number.text))
        }
    }

    func remove() {
        for phone in phones { _ = try? server.perform(RemoveExtension(number: phone.extension.text)) }
    }
}

extension TestAccount {
    fileprivate init(_ phone: EnrolledPhone) {
        self.init(
            number: phone.extension,
            username: phone.enrolment.username,
            password: phone.enrolment.password
        )
    }
}

extension Refusal {
    fileprivate static func notServing(_ directory: String) -> Self {
        Self(
            problem: "There is nothing to attack.",
            reason: "no server works in \(directory) now",
            remedy: "start it: ringfence serve --data \(directory)"
        )
    }
}
