// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Store
import Testing

@testable import Server

@Suite("Where a business is reached")
struct NetworkSettingsTests {
    private let folder = TemporaryFolder()

    private func told(_ port: UInt16) throws -> NetworkSettings {
        NetworkSettings(
            listeners: [try #require(EncryptedListener(parsing: "tls 127.0.0.1:\(port) clients=none"))],
            media: [try #require(MediaPorts(parsing: "127.0.0.1:\(port)0-\(port)1"))],
            sites: [try #require(IPPrefix(parsing: "10.1.0.0/16"))],
            origins: [try #require(WebOrigin(parsing: "https://intranet.example"))]
        )
    }

    private func install(_ network: NetworkSettings = NetworkSettings()) throws -> Installation {
        let request = try InstallationRequest(
            directory: folder.data,
            domain: try #require(DomainName(parsing: "example.com")),
            address: try #require(IPAddress(parsing: "192.0.2.10")),
            names: []
        )
        return try request.createWithStore(by: "a test", at: Date(), network: network)
    }

    @Test func `an installation of before takes over once what serve was told, and the journal says so`() throws {
        let made = try install()
        let wanted = try told(506)
        let store = try made.openStore()
        try made.begin(store, with: wanted)
        #expect(store.snapshot.network == wanted)
        let entry = try #require(try store.journal().last)
        #expect((entry.actor, entry.action) == ("ringfence", "network.begin"))
        #expect(entry.detail.contains(#""listeners":["tls 127.0.0.1:506 clients=none"]"#))
        // Told something else at the next start, it goes by its settings.
        try made.begin(store, with: try told(507))
        #expect(store.snapshot.network == wanted)
        #expect(try store.journal().count { $0.action == "network.begin" } == 1)
        let configuration = made.configuration(for: store.snapshot.network)
        #expect(configuration.sip == wanted.listeners && configuration.media == wanted.media)
    }

    @Test func `one that nobody told anything begins with its address and the usual ports`() throws {
        let made = try install()
        let store = try made.openStore()
        try made.begin(store, with: NetworkSettings())
        #expect(store.snapshot.network == (try made.usualNetwork()))
        #expect(store.snapshot.network.listeners.map(\.description) == ["tls 192.0.2.10:5061 clients=none"])
    }

    @Test func `what init was told stays, and the first start chooses the rest`() throws {
        let browsers = try #require(EncryptedListener(parsing: "wss 192.0.2.10:443 clients=none"))
        let made = try install(NetworkSettings(listeners: [browsers]))
        let store = try made.openStore()
        #expect(try store.journal().map(\.action) == ["business.create", "network.set"])
        try made.begin(store, with: NetworkSettings())
        let network = store.snapshot.network
        #expect(network.listeners.map(\.address.port) == [443, 5061] && network.media.count == 1)
    }

    @Test func `one that cannot start is told another port, by its owner and with a line in the journal`() async throws
    {
        let made = try install()
        do {
            let stopped = try StoppedSystem(made)
            _ = try await stopped.perform(SetMediaPorts(ports: ["192.0.2.10:50000-50001"]))
            #expect(try await stopped.perform(ShowMedia()).map(\.description) == ["192.0.2.10:50000-50001"])
            let refusal = await #expect(throws: Refusal.self) {
                _ = try await stopped.perform(SetMediaPorts(ports: ["192.0.2.10:50000-50001"]), as: .auditor)
            }
            #expect(refusal?.control == .roles)
            // Nobody starts it meanwhile.
            #expect(throws: Refusal.self) { try made.openStore() }
        }
        let store = try made.openStore()
        #expect(store.snapshot.network.media.map(\.first) == [50_000])
        #expect(try store.journal().contains { $0.action == "media.ports" && $0.actor.contains("uid \(getuid())") })
    }

    @Test func `a site that is named or taken away while the server runs is one from that moment on`() async throws {
        try await Office.open { office in
            let site = try #require(IPPrefix(parsing: "203.0.113.0/24"))
            let phone = try #require(IPAddress(parsing: "203.0.113.7"))
            let origin = { () async -> ConnectionGate.Origin? in
                await office.server.hop.ask { $0.loop.admission.origin(of: phone, at: SystemClock.monotonic) }
            }
            #expect(await origin() == .anywhere)
            try await office.change([.addSite(site)])
            #expect(await origin() == .site)
            let ban = try #require(BanSource(parsing: "203.0.113.7"))
            #expect(await office.server.protection(of: ban) == .site)
            try await office.change([.removeSite(site)])
            #expect(await origin() == .anywhere)
        }
    }

    @Test func `D14 pages of a site of the web are let in and kept out while the server runs`() async throws {
        try await Office.open(browsers: []) { office in
            let origin = try #require(WebOrigin(parsing: "https://intranet.example"))
            func status() async throws -> String {
                let browser = try await office.browser(origin: origin.text)
                _ = try await browser.hears("\r\n\r\n", within: .seconds(15))
                return String(browser.state.text.prefix(12))
            }
            #expect(try await status() == "HTTP/1.1 403")
            try await office.change([.addOrigin(origin)])
            #expect(try await status() == "HTTP/1.1 101")
            try await office.change([.removeOrigin(origin)])
            #expect(try await status() == "HTTP/1.1 403")
        }
    }
}

extension Office {
    fileprivate func change(_ changes: [Change]) async throws {
        let entry = JournalDraft(actor: "test", action: "network.change", subject: "network")
        let snapshot = try store.change(changes, journal: [entry], at: SystemClock.wall)
        await server.apply(snapshot, changes)
    }
}
