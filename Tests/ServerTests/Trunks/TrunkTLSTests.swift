// SPDX-License-Identifier: Apache-2.0

import Calls
import Foundation
import Model
import Primitives
import Store
import Testing

@testable import Server

@Suite("Control signalling-encryption, ATTACKS K03 and K04: who a provider is", .timeLimit(.minutes(3)))
struct TrunkTLSTests {
    private static let authority = Result { try CertificateAuthority(for: "provider.test", at: .now) }

    private func pair(
        _ names: [String] = [Provider.domain],
        at now: Date = .now
    ) throws -> (certificate: String, key: String) {
        try Self.authority.get().issue(names: names, addresses: [], at: now)
    }

    /// An office with a trunk to these servers.
    private func trial<Result>(
        _ ports: [Int],
        password: String = "the right password",
        authority: String? = nil,
        _ change: @escaping (inout Trunk) -> Void = { _ in },
        _ work: (Office, TrunkName) async throws -> Result
    ) async throws -> Result {
        let (name, domain) = (TrunkName(parsing: "main"), DomainName(parsing: Provider.domain))
        var trunk = Trunk(
            name: try #require(name),
            domain: try #require(domain),
            servers: ports.map { Trunk.Server(host: "127.0.0.1", port: UInt16($0)) },
            username: "account",
            authority: try authority ?? Self.authority.get().rootPEM,
            createdAt: WallTime(milliseconds: 0)
        )
        change(&trunk)
        return try await Office.open { office in
            let access = TrunkAccess(trunk, secret: Redacted(password))
            let changes: [Change] = [.outside(.putTrunk(access))]
            let draft = JournalDraft(actor: "test", action: "trunk.add", subject: "main")
            let snapshot = try office.store.change(changes, journal: [draft], at: SystemClock.wall)
            await office.server.apply(snapshot, changes)
            return try await work(office, trunk.name)
        }
    }

    /// The trunk when something is so, or as it is after half a minute.
    private func summary(_ office: Office, until isSo: (TrunkSummary) -> Bool) async throws -> TrunkSummary {
        for _ in 0..<1_500 {
            if let summary = await office.server.trunks().first, isSo(summary) { return summary }
            try await Task.sleep(for: .milliseconds(20))
        }
        return try #require(await office.server.trunks().first)
    }

    @Test func `a provider whose certificate names the domain gets the login, and takes it`() async throws {
        let provider = try await Provider.open(pair())
        try await trial([provider.port]) { office, _ in
            let summary = try await summary(office) { $0.state == .ready }
            #expect(summary.state == .ready)
            #expect(summary.tlsVersion == "TLSv1.3")
            #expect(summary.cipher?.hasPrefix("TLS_AES_") == true)
            #expect(summary.registeredUntil != nil && summary.latency != nil)
            #expect(provider.seen.registrations == 1 && provider.seen.connections == 1)
        }
        await provider.close()
    }

    /// Nothing is said to somebody else: not one byte of SIP.
    private func expectSilence(
        _ pair: (certificate: String, key: String)?,
        authority: String? = nil,
        versions: ClosedRange<Int> = 12...13,
        clients: String? = nil,
        _ isExpected: (TrunkFailure) -> Bool
    ) async throws {
        let provider = try await Provider.open(pair, versions: versions, clients: clients)
        try await trial([provider.port], authority: authority) { office, _ in
            let summary = try await summary(office) { $0.lastFailure != nil }
            let failure = try #require(summary.lastFailure?.failure)
            #expect(isExpected(failure), "\(failure)")
            #expect(summary.state == .unreachable)
            #expect(provider.seen.requests.isEmpty)
        }
        await provider.close()
    }

    @Test func `another name is refused before a word is said, and told by name`() async throws {
        try await expectSilence(pair(["evil.test"])) { $0 == .certificate(.names(["evil.test"])) }
    }

    @Test func `a wildcard is no name (RFC 5922 §7.2)`() async throws {
        try await expectSilence(pair(["*.provider.test"])) { $0 == .certificate(.names(["*.provider.test"])) }
    }

    @Test func `a certificate of somebody else's authority is refused`() async throws {
        let other = try CertificateAuthority(for: Provider.domain, at: .now)
        let pair = try other.issue(names: [Provider.domain], addresses: [], at: .now)
        try await expectSilence(pair) { $0 == .certificate(.unknownIssuer) }
        // The machine's own roots did not sign it either.
        try await expectSilence(self.pair(), authority: try TrustedNowhere.pem()) { $0 == .certificate(.unknownIssuer) }
    }

    @Test func `an expired certificate is refused as expired`() async throws {
        let past = Date.now.addingTimeInterval(-2_000 * 86_400)
        let old = try CertificateAuthority(for: "provider.test", at: past)
        let pair = try old.issue(names: [Provider.domain], addresses: [], at: past)
        try await expectSilence(pair, authority: try old.rootPEM) { $0 == .certificate(.expired) }
    }

    @Test func `TLS 1.1 and plain text are refused, and nothing is tried without TLS`() async throws {
        try await expectSilence(pair(), versions: 11...11) { if case .noTLS = $0 { true } else { false } }
    }

    @Test func `a provider that wants a certificate gets ours where the trunk says so, and nothing otherwise`()
        async throws
    {
        try await expectSilence(pair(), clients: try Self.authority.get().rootPEM) {
            $0 == .wantsCertificate || $0 == .closed
        }
    }

    @Test func `the next server is used when the first hangs up, and the first again when it is back`() async throws {
        let (first, second) = (try await Provider.open(pair()), try await Provider.open(pair()))
        let port = first.port
        try await trial([first.port, second.port]) { office, _ in
            let ready = try await summary(office) { $0.state == .ready && $0.servers.allSatisfy(\.isUp) }
            #expect(ready.server?.address.port == UInt16(port))
            let start = ContinuousClock.now
            await first.close()
            let moved = try await summary(office) { $0.server?.address.port == UInt16(second.port) }
            #expect(moved.state == .ready && moved.server?.address.port == UInt16(second.port))
            #expect(ContinuousClock.now - start < .seconds(6))
            let again = try await Provider.open(pair(), port: port)
            let back = try await summary(office) { $0.server?.address.port == UInt16(port) }
            #expect(back.server?.address.port == UInt16(port))
            await again.close()
        }
        await second.close()
    }

    // MARK: The trial that people ask for

    @Test func `a trial of a good trunk finds name, server and login, and what to ask for`() async throws {
        let provider = try await Provider.open(pair())
        try await trial([provider.port]) { office, name in
            let findings = try #require(await office.server.tryTrunk(name))
            #expect(findings.map(\.code.rawValue) == ["trunk-name", "trunk-server", "trunk-login", "trunk-settings"])
            #expect(findings.dropLast().allSatisfy { $0.severity == .good }, "\(findings)")
        }
        await provider.close()
    }

    @Test func `a trial with a wrong password says so, and works at once when it is right`() async throws {
        let provider = try await Provider.open(pair())
        try await trial([provider.port], password: "wrong") { office, name in
            let findings = try #require(await office.server.tryTrunk(name))
            let login = try #require(findings.first { $0.code == .trunkLogin })
            #expect(login.severity == .critical)
            #expect(login.title.contains("403") && login.remedy.contains("password"))
            #expect(!"\(findings)".contains("wrong"))
        }
        await provider.close()
    }

    @Test func `a trial names who is there instead, and a port where nobody is`() async throws {
        let provider = try await Provider.open(pair(["evil.test"]))
        let nobody = try BoundSocket(SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: 0)).abandoned()
        try await trial([provider.port, Int(nobody.port)]) { office, name in
            let findings = try #require(await office.server.tryTrunk(name))
            let titles = findings.filter { $0.code == .trunkServer }.map(\.title)
            #expect(titles.count == 2)
            #expect(titles.first?.contains("its certificate is for evil.test") == true)
            #expect(titles.last?.contains("the connection was refused") == true)
            #expect(!findings.contains { $0.code == .trunkLogin })
        }
        await provider.close()
    }

    @Test func `there is no trial of a trunk that is not there`() async throws {
        try await Office.open { office in
            let nobody = try #require(TrunkName(parsing: "nobody"))
            #expect(await office.server.tryTrunk(nobody) == nil)
        }
    }
}

/// An authority that signed nothing.
private enum TrustedNowhere {
    static func pem() throws -> String { try CertificateAuthority(for: "nowhere.test", at: .now).rootPEM }
}
