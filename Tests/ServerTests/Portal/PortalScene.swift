// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Logging
import Model
import NIOHTTP1
import Portal
import Primitives
import ServiceLifecycle
import Testing

@testable import Server

/// A phone system with its portal, over real sockets.
struct PortalScene {
    let system: PhoneSystem
    let made: Installation
    let port: UInt16
    let host = Actor(name: "root (uid 0)", role: .owner)

    static let password = "lantern orchid gravel tuba"

    /// A business under a name of its own, on an address that it shares; and the portal that several have together.
    static func start(
        _ name: String,
        in folder: TemporaryFolder,
        at place: SocketAddress
    ) async throws -> (Installation, PhoneSystem) {
        let loopback = IPAddress(v4: 0x7F00_0001)
        let request = try InstallationRequest(
            directory: folder.data,
            domain: try #require(DomainName(parsing: name)),
            address: loopback,
            names: ["pbx." + name]
        )
        let told = NetworkSettings(
            listeners: [EncryptedListener(.tls, SocketAddress(ip: loopback, port: 0))],
            media: [try Office.freePorts(on: loopback)],
            portal: [place]
        )
        let made = try request.createWithStore(by: "a test", at: Date(), network: told)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return (made, try await PhoneSystem.start(made, logger: logger) { _ in })
    }

    static func site(_ system: PhoneSystem) -> PortalSite {
        PortalSite(
            names: system.hostNames,
            places: system.snapshot.network.portal,
            administrator: system.administrator,
            snapshot: { system.snapshot },
            certificate: { try system.certificate() },
            opened: { await system.portalOpened(on: $0) }
        )
    }

    /// Serves for as long as somebody works.
    static func serve(
        admins: [String] = [],
        _ work: (PortalScene) async throws -> Void
    ) async throws {
        let folder = TemporaryFolder()
        let loopback = IPAddress(v4: 0x7F00_0001)
        let request = try InstallationRequest(
            directory: folder.data,
            domain: try #require(DomainName(parsing: "example.com")),
            address: loopback,
            names: ["localhost"]
        )
        let told = NetworkSettings(
            listeners: [EncryptedListener(.tls, SocketAddress(ip: loopback, port: 0))],
            media: [try Office.freePorts(on: loopback)],
            portal: [SocketAddress(ip: loopback, port: 0)],
            admins: admins.compactMap { IPPrefix(parsing: $0) }
        )
        let made = try request.createWithStore(by: "a test", at: Date(), network: told)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let system = try await PhoneSystem.start(made, logger: logger) { _ in }
        let portal = await Portal.start([site(system)], logger: logger)
        let group = ServiceGroup(services: [system, portal], logger: logger)
        let running = Task(executorPreference: NetworkThreads.shared) { try await group.run() }
        let outcome: Result<Void, any Error>
        do {
            let port = try #require(system.portalPlaces.first?.port)
            try await work(PortalScene(system: system, made: made, port: port))
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await group.triggerGracefulShutdown()
        try await running.value
        try outcome.get()
    }

    var client: PortalClient { PortalClient(port: port, root: made.rootCertificate) }

    func run<Asked: Command>(_ command: Asked) async throws(Refusal) -> Asked.Reply {
        try await system.administrator.perform(command, by: host)
    }

    /// Whoever has used their link: signed in, with their cookies in a browser.
    struct Person {
        let client: PortalClient
        let secret: Redacted<[UInt8]>
        /// Stands in forms.
        let token: String

        /// Waits for a code that was not used: at most 30 seconds.
        func freshCode(after step: Int64) async throws -> (code: String, step: Int64) {
            while true {
                let now = WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
                let present = SecondFactorRules.step(at: now) + SecondFactorRules.drift
                if present > step { return (OneTimeCode.code(of: secret, step: present), present) }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    func enrol(_ name: String, as role: Role = .owner) async throws -> Person {
        let link = try await run(InviteOperator(name: name, role: role)).link
        let path = "/invite/" + (try #require(link.split(separator: "/").last))
        let client = client
        let page = try await client.ask(.GET, path)
        #expect(page.status == 200)
        let shown = try #require(page.body.firstMatch(of: /id="secret">([A-Z2-7 ]+)</)?.1)
        let secret = Redacted(Self.base32(shown.filter { $0 != " " }))
        let now = WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        let code = OneTimeCode.code(of: secret, step: SecondFactorRules.step(at: now) - 1)
        let done = try await client.ask(
            .POST,
            path,
            form: [("password", Self.password), ("again", Self.password), ("code", code)]
        )
        #expect(done.status == 200 && done.body.contains("recovery codes"))
        let home = try await client.ask(.GET, "/")
        let token = try #require(home.body.firstMatch(of: /name="token" value="([0-9a-f]+)"/)?.1)
        return Person(client: client, secret: secret, token: String(token))
    }

    private static func base32(_ text: some StringProtocol) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var (bytes, buffer, bits): ([UInt8], UInt64, Int) = ([], 0, 0)
        for character in text {
            buffer = buffer << 5 | UInt64(alphabet.firstIndex(of: character) ?? 0)
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt64(bits)))
            }
        }
        return bytes
    }
}
