// SPDX-License-Identifier: Apache-2.0

import Calls
import Foundation
import Model
import Primitives
import Store
import Testing

@testable import Server

@Suite(
    "Issue 12 §6.2: a trunk to a real Kamailio",
    .serialized,
    .timeLimit(.minutes(4)),
    .enabled(if: Kamailio.program != nil)
)
struct KamailioTests {
    private func trial(
        _ kamailio: Kamailio,
        password: String = Kamailio.password,
        _ work: (Office, TrunkName) async throws -> Void
    ) async throws {
        let (name, domain) = (TrunkName(parsing: "main"), DomainName(parsing: Kamailio.domain))
        let trunk = Trunk(
            name: try #require(name),
            domain: try #require(domain),
            servers: [Trunk.Server(host: "127.0.0.1", port: UInt16(kamailio.tls))],
            username: Kamailio.username,
            authority: kamailio.root,
            createdAt: WallTime(milliseconds: 0)
        )
        try await Office.open { office in
            let changes: [Change] = [.outside(.putTrunk(TrunkAccess(trunk, secret: Redacted(password))))]
            let draft = JournalDraft(actor: "test", action: "trunk.add", subject: "main")
            let snapshot = try office.store.change(changes, journal: [draft], at: SystemClock.wall)
            await office.server.apply(snapshot, changes)
            try await work(office, trunk.name)
        }
        await kamailio.remove()
    }

    private func waits(_ office: Office, for state: TrunkSummary.State) async throws -> Bool {
        for _ in 0..<3_000 {
            if await office.server.trunks().first?.state == state { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    @Test func `it registers by TLS with a digest, and comes back by itself when Kamailio was restarted`() async throws
    {
        let kamailio = try await Kamailio()
        try await trial(kamailio) { office, _ in
            #expect(try await waits(office, for: .ready))
            #expect(kamailio.registrations == 1)
            try await kamailio.stop()
            #expect(try await waits(office, for: .unreachable))
            try await kamailio.start()
            #expect(try await waits(office, for: .ready))
            #expect(kamailio.registrations >= 1)
        }
    }

    @Test func `a wrong password is found and said in plain words`() async throws {
        let kamailio = try await Kamailio()
        try await trial(kamailio, password: "wrong") { office, name in
            let findings = try #require(await office.server.tryTrunk(name))
            let login = try #require(findings.first { $0.code == .trunkLogin })
            #expect(login.severity == .critical)
            #expect(login.remedy.contains("the user name or the password is wrong"), "\(login)")
            #expect(kamailio.registrations == 0)
        }
    }
}
