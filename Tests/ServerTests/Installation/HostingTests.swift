// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Logging
import Model
import Primitives
import ServiceLifecycle
import Testing

@testable import Server

@Suite("ringfence serve --businesses", .serialized)
struct HostingTests {
    private let folder = TemporaryFolder()
    private static let loopback = IPAddress(v4: 0x7F00_0001)

    @Test func `every folder is a business, reached by its own name and commanded by its own socket`() async throws {
        let made = [try make("acme"), try make("bolt"), try make("cask")]
        try await serve { hosting in
            #expect(hosting.businesses.whole.map(\.folderName) == ["acme", "bolt", "cask"])
            #expect(hosting.businesses.broken.isEmpty)
            for installation in made {
                let serving = try #require(installation.serving)
                #expect(serving.sipTLS == hosting.listeners[0].address)
                let add = AddExtensions([NewExtension(number: "101", name: installation.folderName)])
                _ = try await tell(installation, add)
                let list = try await tell(installation, ListExtensions())
                #expect(list.map(\.name) == [installation.folderName])
                let port = finding(.signallingPort, await examine(installation))
                #expect(port?.severity == .good, "\(String(describing: port))")
            }
        }
        for installation in made {
            #expect(!FileManager.default.fileExists(atPath: installation.controlSocket))
            #expect(installation.serving == nil)
            _ = try installation.openStore()
        }
    }

    @Test func `a broken folder keeps nobody else from being served, and its doctor says why it is not`() async throws {
        _ = try make("acme")
        let exposed = try make("bolt")
        chmod(exposed.directory + "/seal.key", 0o644)
        try FileManager.default.createDirectory(atPath: folder.path + "/cask", withIntermediateDirectories: false)
        let locked = try make("dusk")
        let store = try locked.openStore()
        try await serve { hosting in
            #expect(hosting.businesses.whole.map(\.folderName) == ["acme"])
            #expect(Set(hosting.businesses.broken.map(\.name)) == ["bolt", "cask", "dusk"])
            for broken in hosting.businesses.broken {
                #expect(broken.refusal.problem.contains(folder.path + "/" + broken.name), "\(broken.refusal.problem)")
            }
            let server = finding(.server, await examine(exposed))
            #expect(server?.severity == .critical)
            #expect(server?.text.contains("chmod go= \(exposed.directory)/seal.key") == true)
        }
        withExtendedLifetime(store) {}
        // Mended, it is served, and nothing is said of the past.
        chmod(exposed.directory + "/seal.key", 0o600)
        try await serve { hosting in
            #expect(hosting.businesses.whole.map(\.folderName).contains("bolt"))
            #expect(exposed.word == nil)
        }
    }

    @Test func `they share one log of call records, which nobody else can read`() async throws {
        let made = [try make("acme"), try make("bolt")]
        let log = folder.path + "/records.log"
        try await serve { _ in
            let mode = try FileManager.default.attributesOfItem(atPath: log)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600)
            for installation in made {
                #expect(!FileManager.default.fileExists(atPath: installation.directory + "/records.log"))
            }
        }
    }

    @Test func `of two with one name neither is served`() async throws {
        _ = try make("acme")
        _ = try make("bolt", domain: "bolt.test", names: ["pbx.bolt.test"])
        _ = try make("copy", domain: "other.test", names: ["bolt.test"])
        let found = try Businesses(in: folder.path)
        #expect(found.whole.map(\.folderName) == ["acme"])
        #expect(found.broken.map(\.name).sorted() == ["bolt", "copy"])
        for broken in found.broken {
            #expect(broken.refusal.problem == "None of bolt, copy is served.")
            #expect(broken.refusal.reason.contains("bolt.test"))
        }
    }

    @Test func `of two with one domain that is an address neither is served`() throws {
        _ = try make("acme", domain: "127.0.0.1")
        _ = try make("bolt", domain: "127.0.0.1")
        _ = try make("cask")
        #expect(try Businesses(in: folder.path).whole.map(\.folderName) == ["cask"])
    }

    @Test func `one without a name is served where nobody else is, and not beside others`() async throws {
        _ = try make("acme", domain: "127.0.0.1")
        try await serve { hosting in #expect(hosting.businesses.whole.map(\.folderName) == ["acme"]) }
        _ = try make("bolt")
        try await serve { hosting in
            #expect(hosting.businesses.whole.map(\.folderName) == ["bolt"])
            #expect(hosting.businesses.broken.first?.refusal.reason.contains("no name") == true)
        }
    }

    @Test func `hidden folders and files are no businesses, and without any nothing starts`() async throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/.trash", withIntermediateDirectories: false)
        try "x".write(toFile: folder.path + "/notes", atomically: true, encoding: .utf8)
        #expect(throws: Refusal.self) { try Businesses(in: folder.path) }
        #expect(throws: Refusal.self) { try Businesses(in: folder.path + "/nowhere") }
    }

    @Test func `when none can be served it says so, and lets go of the address`() async throws {
        let exposed = try make("acme")
        chmod(exposed.directory + "/seal.key", 0o644)
        let refusal = await #expect(throws: Refusal.self) { try await serve { _ in } }
        #expect(refusal?.problem == "None of the businesses in \(folder.path) can be served.")
        #expect(refusal?.remedy == "look at the first: ringfence doctor --data \(folder.path)/acme")
    }

    @Test func `a business whose media is to arrive elsewhere is not served, and told what to say`() async throws {
        // An address that no other run of this test and no server on this machine has.
        let own = IPAddress(v4: 0x7F40_0000 | UInt32(getpid()) & 0x3F_FFFF)
        _ = try make("acme", address: own)
        let bolt = try make("bolt", address: IPAddress(v4: 0x7F00_0002))
        let tls = EncryptedListener(.tls, SocketAddress(ip: Self.loopback, port: 0))
        for installation in [try Installation(opening: folder.path + "/acme"), bolt] {
            try installation.begin(try installation.openStore(), with: NetworkSettings(listeners: [tls]))
        }
        let hosting = try await Hosting.start(Businesses(in: folder.path), logger: .silent) { _ in }
        #expect(hosting.businesses.whole.map(\.folderName) == ["acme"])
        let refusal = try #require(hosting.businesses.broken.first?.refusal)
        #expect(refusal.reason.hasPrefix("its media is to arrive elsewhere than that of acme"))
        #expect(refusal.remedy.contains("ringfence media ports \(own):40000-40001 --data \(bolt.directory)"))
        for system in hosting.systems { await system.server.stop() }
        await hosting.machine.stop()
    }

    @Test func `a port that is taken refuses them all`() async throws {
        _ = try make("acme")
        let taken = try BoundSocket(SocketAddress(ip: Self.loopback, port: 0))
        defer { _ = taken.abandoned() }
        listen(taken.descriptor, 1)
        let refusal = await #expect(throws: Refusal.self) { try await serve(on: taken.address.port) { _ in } }
        #expect(refusal?.problem == "Ringfence cannot listen on \(taken.address).")
    }

    private func make(
        _ name: String,
        domain: String? = nil,
        names: [String]? = nil,
        address: IPAddress = HostingTests.loopback
    ) throws -> Installation {
        let domain = try #require(DomainName(parsing: domain ?? "\(name).test"))
        let request = try InstallationRequest(
            directory: folder.path + "/" + name,
            domain: domain,
            address: address,
            names: names ?? []
        )
        return try request.createWithStore(by: "a test", at: Date())
    }

    /// Serves for as long as the test works, then stops as SIGTERM does.
    private func serve(on port: UInt16 = 0, _ work: @escaping @Sendable (Hosting) async throws -> Void) async throws {
        let told = NetworkSettings(
            listeners: [EncryptedListener(.tls, SocketAddress(ip: Self.loopback, port: port))],
            media: [try Office.freePorts(on: Self.loopback)]
        )
        let (ready, isReady) = AsyncStream<Hosting>.makeStream()
        let hosting = try await Hosting.start(Businesses(in: folder.path), beginningWith: told, logger: .silent) {
            isReady.yield($0)
        }
        let group = ServiceGroup(services: [hosting], logger: .silent)
        let running = Task(executorPreference: NetworkThreads.shared) { try await group.run() }
        var outcome: Result<Void, any Error> = .success(())
        for await hosting in ready {
            do { try await work(hosting) } catch { outcome = .failure(error) }
            break
        }
        await group.triggerGracefulShutdown()
        try await running.value
        try outcome.get()
    }

    /// On a thread of its own, because a client blocks.
    private func tell<Asked: Command>(_ installation: Installation, _ command: Asked) async throws -> Asked.Reply {
        try await withCheckedThrowingContinuation { told in
            Thread.detachNewThread {
                told.resume(with: Result { try ControlClient(installation).perform(command) })
            }
        }
    }

    private func examine(_ installation: Installation) async -> [Finding] {
        await Server.Doctor(installation, serving: installation.serving, at: Date()) { _ in [] }.examine()
    }

    private func finding(_ code: Finding.Code, _ findings: [Finding]) -> Finding? {
        findings.first { $0.code == code }
    }
}
