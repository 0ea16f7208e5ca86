// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("ringfence site, origin, media, listener and client-ca")
struct NetworkTests {
    private let site = "10.1.0.0/16"
    private let origin = "https://intranet.example"

    @Test func `a site is added with its line in the journal, listed, and removed`() async throws {
        let office = try Office()
        let added = try await office.run(AddSite(prefix: site))
        #expect(added.description == site)
        #expect(office.store.snapshot.network.sites == [added])
        #expect(office.engine.generations == [1])
        let entry = try #require(try office.journal().last)
        #expect((entry.actor, entry.action, entry.subject) == ("root (uid 0)", "site.add", site))
        #expect(entry.detail == #"{"new":"10.1.0.0/16"}"#)
        #expect(office.notes.texts == ["10.1.0.0/16 is a network of our phones, by root (uid 0)"])
        #expect(try await office.run(ListSites(), by: auditor) == [added])
        try await office.run(RemoveSite(prefix: site))
        #expect(try await office.run(ListSites()) == [])
        #expect(try office.journal().last?.action == "site.remove")
        #expect(await office.refusal(RemoveSite(prefix: site))?.problem == "10.1.0.0/16 is no site.")
    }

    @Test(arguments: [
        ("0.0.0.0/0", "wider than /8"), ("10.0.0.0/7", "wider than /8"), ("2001::/16", "wider than /32"),
        ("10.1.0.0/33", "such as 10.1.0.0/16"), ("pbx.example", "such as 10.1.0.0/16"),
    ])
    func `Control flood-protection: no site is as wide as the internet`(prefix: String, words: String) async throws {
        let office = try Office()
        let refusal = try #require(await office.refusal(AddSite(prefix: prefix)))
        #expect(refusal.reason.contains(words), "\(refusal.reason)")
        #expect(office.store.snapshot.network.sites.isEmpty)
    }

    @Test func `a site is there once, and there are not more than enough`() async throws {
        let office = try Office()
        for number in 0..<Guard.Limits.sites { try await office.run(AddSite(prefix: "10.\(number).0.0/16")) }
        #expect(await office.refusal(AddSite(prefix: "10.1.0.0/16"))?.reason == "it is one already")
        #expect(await office.refusal(AddSite(prefix: "10.99.0.0/16"))?.reason.hasPrefix("there are 64") == true)
    }

    @Test func `only an owner and who guards the system says what a site is`() async throws {
        let office = try Office()
        let administrator = Actor(name: "alice (uid 1001)", role: .administrator)
        #expect(await office.refusal(AddSite(prefix: site), by: administrator)?.control == .roles)
        #expect(await office.refusal(ListSites(), by: administrator) == nil)
        #expect(await office.refusal(AddSite(prefix: site), by: Actor(name: "s", role: .security)) == nil)
    }

    @Test func `pages of a site of the web are let in and kept out, with a line each`() async throws {
        let office = try Office()
        let added = try await office.run(AddOrigin(origin: "HTTPS://Intranet.Example:443"))
        #expect(added.text == origin)
        #expect(try await office.run(ListOrigins()) == [added])
        #expect(await office.refusal(AddOrigin(origin: origin))?.reason == "they may already")
        #expect(
            await office.refusal(AddOrigin(origin: "https://a/b"))?.problem.hasPrefix("'https://a/b' is not") == true
        )
        try await office.run(RemoveOrigin(origin: origin))
        #expect(office.store.snapshot.network.origins.isEmpty)
        #expect(
            try office.journal().dropFirst().map(\.action) == [
                "origin.add", "origin.add", "origin.add", "origin.remove",
            ]
        )
    }

    @Test func `media ports are one range for each version of IP`() async throws {
        let office = try Office()
        let both = ["192.0.2.10:40000-40001", "[2001:db8::10]:40000-40001"]
        #expect(try await office.run(SetMediaPorts(ports: both)).map(\.description) == both)
        try await office.run(SetMediaPorts(ports: ["192.0.2.10:50000-50001"]))
        #expect(try await office.run(ShowMedia()).map(\.description) == ["192.0.2.10:50000-50001"])
        let entry = try #require(try office.journal().last)
        #expect(entry.action == "media.ports" && entry.detail.contains("40000") && entry.detail.contains("50000"))
        for wrong in [[], ["192.0.2.10:40000-40001", "192.0.2.11:40000-40001"], ["192.0.2.10:40001-40002"], ["x"]] {
            #expect(await office.refusal(SetMediaPorts(ports: wrong)) != nil, "\(wrong)")
        }
    }

    @Test func `the last listener over TLS stays`() async throws {
        let office = try Office()
        try await office.run(AddListener(.tls, address: "192.0.2.10:5061"))
        try await office.run(AddListener(.wss, address: "192.0.2.10:8443"))
        #expect(await office.refusal(RemoveListener(address: "192.0.2.10:5061"))?.control == .signallingEncryption)
        #expect(
            await office.refusal(AddListener(.wss, address: "192.0.2.10:5061"))?.reason == "that address is one already"
        )
        #expect(
            await office.refusal(AddListener(.tls, address: "pbx:5061"))?.problem.hasPrefix("'pbx:5061' is") == true
        )
        try await office.run(AddListener(.tls, address: "192.0.2.11:5061", clients: .require))
        try await office.run(RemoveListener(address: "192.0.2.10:5061"))
        #expect(
            office.store.snapshot.network.listeners.map(\.description) == [
                "wss 192.0.2.10:8443 clients=none", "tls 192.0.2.11:5061 clients=require",
            ]
        )
    }

    @Test func `roots of clients are looked at before they are kept`() async throws {
        let office = try Office()
        #expect(await office.refusal(TrustClients(authority: "garbage"))?.problem == "These are no roots.")
        let root = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"
        #expect(try await office.run(TrustClients(authority: root)) == TrustClients.Reply(isOwn: false))
        #expect(office.store.snapshot.network.clientAuthority == root)
        #expect(try await office.run(TrustClients(authority: nil)).isOwn)
        #expect(office.store.snapshot.network.clientAuthority == nil)
        #expect(try office.journal().suffix(2).map(\.subject) == ["other roots", "our own root"])
    }
}
