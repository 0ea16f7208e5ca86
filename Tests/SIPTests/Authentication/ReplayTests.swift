// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP
import Testing

/// The three checks in their order, as a server makes them.
@Suite("ATTACKS C03: a captured Authorization sent again")
struct ReplayTests {
    private static let phone = IPAddress(v4: 0xC000_0201)
    private static let attacker = IPAddress(v4: 0xC633_6401)

    @Test func `works once, and the same bytes are known as a replay`() throws {
        var server = Server()
        let login = server.login(from: Self.phone)
        #expect(try server.judge(login, from: Self.phone) == .accepted)
        #expect(try server.judge(login, from: Self.phone) == .replayed)
        #expect(try server.judge(login, from: Self.phone) == .replayed)
    }

    @Test func `from another address it is foreign, used or not`() throws {
        var server = Server()
        let login = server.login(from: Self.phone)
        #expect(try server.judge(login, from: Self.attacker) == .foreign)
        #expect(try server.judge(login, from: Self.phone) == .accepted)
        #expect(try server.judge(login, from: Self.attacker) == .foreign)
    }

    @Test func `after its lifetime it is stale, used or not`() throws {
        var server = Server()
        let (used, unused) = (server.login(from: Self.phone), server.login(from: Self.phone))
        #expect(try server.judge(used, from: Self.phone) == .accepted)
        server.wait(.seconds(301))
        #expect(try server.judge(used, from: Self.phone) == .stale)
        #expect(try server.judge(unused, from: Self.phone) == .stale)
    }

    @Test func `with a higher count that was not signed it is a wrong response, and burns nothing`() throws {
        var server = Server()
        var login = server.login(from: Self.phone)
        #expect(try server.judge(login, from: Self.phone) == .accepted)
        let captured = login.rightResponse
        login.nc = "00000002"
        var forged = login
        forged.response = captured
        #expect(try server.judge(forged, from: Self.phone) == .wrong)
        #expect(try server.judge(login, from: Self.phone) == .accepted)
    }

    @Test func `a nonce that the attacker made up is foreign whatever it says`() throws {
        var server = Server()
        for nonce in ["", "0", String(repeating: "0", count: Nonce.length), String(repeating: "f", count: 4_000)] {
            #expect(try server.judge(Login { $0.nonce = nonce }, from: Self.attacker) == .foreign)
        }
    }
}

private struct Server {
    enum Verdict { case accepted, foreign, stale, wrong, replayed }

    private var issuer = NonceIssuer(
        key: [UInt8](repeating: 3, count: 32),
        realm: "pbx.example",
        lifetime: .seconds(300)
    )
    private var ledger = NonceLedger(capacity: 16, lifetime: .seconds(300))
    private var wall = WallTime(milliseconds: 1_795_000_000_000)
    private var monotonic = MonotonicTime(nanoseconds: 1_000_000_000)

    mutating func wait(_ duration: Duration) {
        wall = wall + duration
        monotonic = monotonic + duration
    }

    /// What a phone sends after a challenge.
    mutating func login(from source: IPAddress) -> Login {
        let nonce = issuer.issue(to: source, at: wall).text
        return Login { $0.nonce = nonce }
    }

    mutating func judge(_ login: Login, from source: IPAddress) throws -> Verdict {
        let message = try login.message()
        let credentials = try #require(try message.credentials())
        let bytes = message.bytes
        let nonce = bytes.span.extracting(credentials.nonce.range)
        switch issuer.check(nonce, from: source, at: wall) {
        case .foreign: return .foreign
        case .stale: return .stale
        case .valid: break
        }
        guard Digest.matches(credentials, in: message, method: login.method, ha1: Login().ha1) else { return .wrong }
        return ledger.use(nonce, nc: credentials.nc ?? 0, at: monotonic) == .first ? .accepted : .replayed
    }
}
