// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Logging
import Model
import Primitives
import ServiceLifecycle
import Testing

@testable import Audit
@testable import Server

@Suite("Control roles: over the control socket of a whole phone system")
struct RoleTrialTests {
    @Test func `P07 the attack that says every command in every role gets nothing, and changes nothing`() async throws {
        let folder = TemporaryFolder()
        let made = try install(folder)
        try await serve(made) {
            _ = try await tell(made, AddExtensions([NewExtension(number: "101")]))
            let phones = try await tell(made, EnrolPhones([NewPhone(extension: "101")]))
            let before = try await tell(made, ListExtensions())
            let attack = try #require(AttackSuite.attacks.first { $0.id == "P07" })
            let (target, wire) = (try target(made, phones), try NetworkWire(made).wire)
            let observation = try await attack.run(wire, target)
            #expect(observation.outcome == .held, "\(observation.observed)")
            #expect(observation.observed.hasPrefix("of \(CommandRegistry.all.count) commands, refused to owner 0,"))
            #expect(try await tell(made, ListExtensions()) == before)
            // Repeats are merged for a second or two before they are written.
            var isTold = false
            for _ in 0..<50 where !isTold {
                isTold = try await tell(made, ListEvents(limit: 1_000)).contains { $0.kind == .rightRefused }
                if !isTold { try await Task.sleep(for: .milliseconds(200)) }
            }
            #expect(isTold)
        }
    }

    /// Those that leave most behind: bans, an account that is guarded, debts. All of them take minutes.
    private static let noisy = ["C01b", "C02", "R01", "D06", "C09", "D01"]

    @Test func `C1 attack, audit, attack, audit: all hold, and nothing stays behind`() async throws {
        let folder = TemporaryFolder()
        let made = try install(folder)
        try await serve(made) {
            _ = try await tell(made, AddExtensions([NewExtension(number: "101"), NewExtension(number: "102")]))
            _ = try await tell(made, EnrolPhones([NewPhone(extension: "101"), NewPhone(extension: "102")]))
            for _ in 0..<2 {
                let failed = try await attack(made).filter { !$0.passed }.map { "\($0.id): \($0.observed)" }
                #expect(failed == [])
                let audit = try await tell(made, RunAudit())
                // Tests beside this one open ports in the same process, which is all that `open-ports` can see.
                let broken = audit.outcomes.filter { !$0.passed && $0.control != .openPorts }
                #expect(broken == [], "\(audit.text)")
                #expect(audit.text.contains("10 pairs of answers"))
                let bans = try await tell(made, ListBans())
                #expect(bans == [])
            }
        }
    }

    /// As `ringfence attack run` does it, with extensions of its own.
    private func attack(_ made: Installation) async throws -> [AttackResult] {
        let numbers = ["990001", "990002", "990003"]
        _ = try await tell(made, AddExtensions(numbers.map { NewExtension(number: $0) }))
        let phones = try await tell(made, EnrolPhones(numbers.map { NewPhone(extension: $0) }))
        let (network, began) = (try NetworkWire(made), SystemClock.wall)
        let target = try target(made, phones)
        var results: [AttackResult] = []
        for attack in AttackSuite.attacks where Self.noisy.contains(attack.id) {
            let observation: Observation
            do {
                observation = try await attack.run(network.wire, target)
            } catch {
                observation = .notRun("\(error)")
            }
            results.append(AttackResult(attack, observation))
        }
        for number in numbers { _ = try await tell(made, RemoveExtension(number: number)) }
        let left = await AttackTraces.lift(of: network, since: began) {
            try await tell(made, ListBans())
        } _: {
            try await tell(made, $0)
        }
        #expect(left.isEmpty && results.count == Self.noisy.count)
        return results
    }

    /// A client blocks, so it has a thread of its own.
    private func tell<Asked: Command>(_ made: Installation, _ command: Asked) async throws -> Asked.Reply {
        try await withCheckedThrowingContinuation { told in
            Thread.detachNewThread { told.resume(with: Result { try ControlClient(made).perform(command) }) }
        }
    }

    private func target(_ made: Installation, _ phones: [EnrolledPhone]) throws -> Target {
        let serving = try #require(made.serving)
        var insider = Insider.onThisMachine(directory: made.directory)
        insider.control = .onSocket(of: made)
        return Target(
            host: "localhost",
            address: serving.sipTLS.ip,
            tlsPort: serving.sipTLS.port,
            mediaPort: serving.media.first,
            domain: try #require(DomainName(parsing: "example.com")),
            accounts: phones.map {
                TestAccount(number: $0.extension, username: $0.enrolment.username, password: $0.enrolment.password)
            },
            insider: insider
        )
    }

    private func install(_ folder: TemporaryFolder) throws -> Installation {
        let request = try InstallationRequest(
            directory: folder.data,
            domain: try #require(DomainName(parsing: "example.com")),
            address: IPAddress(v4: 0x7F00_0001),
            names: ["localhost"]
        )
        return try request.createWithStore(by: "a test", at: Date())
    }

    private func serve(_ made: Installation, _ work: () async throws -> Void) async throws {
        let loopback = IPAddress(v4: 0x7F00_0001)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let told = NetworkSettings(
            listeners: [EncryptedListener(.tls, SocketAddress(ip: loopback, port: 0))],
            media: [try Office.freePorts(on: loopback)]
        )
        let system = try await PhoneSystem.start(made, beginningWith: told, logger: logger) { _ in }
        let group = ServiceGroup(services: [system], logger: logger)
        let running = Task(executorPreference: NetworkThreads.shared) { try await group.run() }
        let outcome = await Result { () async throws in try await work() }
        await group.triggerGracefulShutdown()
        try await running.value
        try outcome.get()
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ work: () async throws -> Success) async {
        do { self = .success(try await work()) } catch { self = .failure(error) }
    }
}

extension NetworkWire {
    fileprivate convenience init(_ made: Installation) throws {
        try self.init(host: "localhost", address: IPAddress(v4: 0x7F00_0001), authority: made.rootCertificate)
    }
}
