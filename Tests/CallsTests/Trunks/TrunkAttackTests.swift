// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP
import TestKit
import Testing

@testable import Calls

@Suite("ATTACKS C06, C11, K03, K04: what a trunk never does")
struct TrunkAttackTests {
    private static let challenge = "Digest realm=\"provider\", nonce=\"n1\", algorithm=MD5, qop=\"auth\""

    /// The room alone, with a trunk that is connected over `transport`.
    private func table(
        _ transport: Transport = .tls,
        _ change: (inout Trunk) throws -> Void = { _ in }
    ) throws -> (TrunkTable, Flow, Moment) {
        let settings = SwitchboardSettings(
            hostNames: ["pbx.office.example"],
            sipPort: 5061,
            mediaAddress: try #require(IPAddress(parsing: "192.0.2.1")),
            mediaPort: 40_000,
            nonceKey: Array(repeating: 7, count: 32)
        )
        var table = TrunkTable(settings: settings, entropy: .repeatable())
        var turn = Turn(at: Moment(monotonic: MonotonicTime(nanoseconds: 1), wall: WallTime(milliseconds: 1_000)))
        let access = try TrunkScene.access(registers: false) { trunk in
            if transport == .udp { (trunk.transport, trunk.exception) = (.udp, Self.exception(until: 9_000_000)) }
            try change(&trunk)
        }
        table.apply(OutsideSettings(trunks: [access]), &turn)
        _ = table.settle(keeping: [], &turn)
        guard case .resolve(let lookup)? = turn.actions.last else { throw Missing() }
        let server = TrunkServer(host: "a", address: try #require(SocketAddress(parsing: TrunkScene.primary)))
        table.resolved(lookup.attempt, .success([server]), &turn)
        _ = table.settle(keeping: [], &turn)
        guard case .connect(let wanted)? = turn.actions.last else { throw Missing() }
        let flow = Flow(id: FlowID(rawValue: 5), transport: transport, remote: server.address, local: server.address)
        table.connected(wanted.attempt, flow, &turn)
        return (table, flow, turn.now)
    }

    private struct Missing: Error {}

    private static func exception(until milliseconds: Int64) -> Trunk.PlainException {
        Trunk.PlainException(reason: "no TLS", grantedBy: "op", until: WallTime(milliseconds: milliseconds))
    }

    private func request(
        _ method: String = "INVITE",
        to: String = "<sip:1@x>",
        cseq: Int = 1,
        extra: String = ""
    ) throws
        -> Message
    {
        let text =
            "\(method) sip:+4930@sip.provider.example SIP/2.0\r\nVia: SIP/2.0/TLS a;branch=z9hG4bK1\r\n"
            + "From: <sip:a@b>;tag=1\r\nTo: \(to)\r\nCall-ID: c\r\nCSeq: \(cseq) \(method)\r\n\(extra)"
            + "Content-Length: 0\r\n\r\n"
        return try Message(parsing: Array(text.utf8).span)
    }

    private func refusal(
        of request: Message,
        _ status: Int = 401,
        _ challenges: [String] = [TrunkAttackTests.challenge]
    ) throws -> Message {
        var writer = MessageWriter()
        writer.response(status, "Unauthorized")
        for name in [HeaderName.via, .from, .to, .callID, .cseq] { writer.copy(name, from: request) }
        for value in challenges { writer.field(status == 407 ? .proxyAuthenticate : .wwwAuthenticate, value) }
        writer.finish()
        return try Message(parsing: writer.bytes.span)
    }

    @Test func `an INVITE that makes a dialog is answered with a digest of the trunk`() throws {
        var (table, flow, now) = try table()
        let invite = try request()
        let refusal = try refusal(of: invite, 407)
        let given = table.credentials(for: refusal, to: invite, over: flow, at: now)
        let answer = try #require(given)
        #expect(answer.name == .proxyAuthorization)
        #expect(answer.value.contains("username=\"49301234\"") && answer.value.contains("qop=auth"))
        #expect(!answer.value.contains("secret"))
    }

    @Test(arguments: ["BYE", "ACK", "CANCEL", "UPDATE", "REFER", "NOTIFY", "MESSAGE", "INFO", "PRACK", "SUBSCRIBE"])
    func `no other request is (C06)`(method: String) throws {
        var (table, flow, now) = try table()
        let request = try request(method)
        #expect(try table.credentials(for: refusal(of: request), to: request, over: flow, at: now) == nil)
    }

    @Test func `a re-INVITE is not, nor one over a connection that somebody opened to us (C06)`() throws {
        var (table, flow, now) = try table()
        let inDialog = try request(to: "<sip:1@x>;tag=theirs")
        #expect(try table.credentials(for: refusal(of: inDialog), to: inDialog, over: flow, at: now) == nil)
        let other = Flow(id: FlowID(rawValue: 6), transport: .tls, remote: flow.remote, local: flow.local)
        let invite = try request()
        #expect(try table.credentials(for: refusal(of: invite), to: invite, over: other, at: now) == nil)
    }

    @Test func `an answer to another request is not (C06)`() throws {
        var (table, flow, now) = try table()
        let (invite, later) = (try request(), try request(cseq: 2))
        #expect(try table.credentials(for: refusal(of: later), to: invite, over: flow, at: now) == nil)
    }

    @Test func `another realm than the trunk's gets nothing (C06)`() throws {
        var (table, flow, now) = try table { $0.realm = "provider" }
        let invite = try request()
        let strange = Self.challenge.replacing("provider", with: "attacker")
        #expect(try table.credentials(for: refusal(of: invite, 401, [strange]), to: invite, over: flow, at: now) == nil)
        #expect(table.summaries(at: now).first?.lastFailure?.failure == .challenge(.realm("attacker")))
    }

    @Test func `the first realm over TLS is the only one from then on (C06)`() throws {
        var (table, flow, now) = try table()
        let invite = try request()
        #expect(try table.credentials(for: refusal(of: invite), to: invite, over: flow, at: now) != nil)
        let strange = Self.challenge.replacing("provider", with: "attacker")
        #expect(try table.credentials(for: refusal(of: invite, 401, [strange]), to: invite, over: flow, at: now) == nil)
    }

    @Test func `a request that has credentials is answered again only when they were stale, and twice at most`() throws
    {
        var (table, flow, now) = try table()
        let sent =
            "Authorization: Digest username=\"u\", realm=\"provider\", nonce=\"n0\", uri=\"sip:x\", response=\"00\"\r\n"
        let second = try request(cseq: 2, extra: sent)
        #expect(try table.credentials(for: refusal(of: second), to: second, over: flow, at: now) == nil)
        let stale = [Self.challenge + ", stale=true"]
        #expect(try table.credentials(for: refusal(of: second, 401, stale), to: second, over: flow, at: now) != nil)
        let third = try request(cseq: 3, extra: sent)
        #expect(try table.credentials(for: refusal(of: third, 401, stale), to: third, over: flow, at: now) == nil)
    }

    @Test func `MD5 and a challenge without qop are answered over TLS alone, auth-int nowhere`() throws {
        let invite = try request()
        let legacy = "Digest realm=\"sip.provider.example\", nonce=\"n1\""
        let strong = "Digest realm=\"sip.provider.example\", nonce=\"n1\", algorithm=SHA-256, qop=\"auth\""
        let whole = "Digest realm=\"sip.provider.example\", nonce=\"n1\", algorithm=SHA-256, qop=\"auth-int\""
        for (transport, challenge, isAnswered) in [
            (Transport.tls, legacy, true), (.udp, legacy, false), (.udp, strong, true), (.tls, whole, false),
            (.udp, strong.replacing("sip.provider.example", with: "other"), false),
        ] {
            var (table, flow, now) = try table(transport)
            let answer = try table.credentials(
                for: refusal(of: invite, 401, [challenge]),
                to: invite,
                over: flow,
                at: now
            )
            #expect((answer != nil) == isAnswered, "\(transport) \(challenge)")
        }
    }

    @Test func `of several algorithms the strongest is taken, and a nonce that comes again is counted`() throws {
        var (table, flow, now) = try table()
        let invite = try request()
        let all = ["MD5", "SHA-256", "SHA-512-256", "SHA-1"].map { Self.challenge.replacing("MD5", with: $0) }
        for count in 1...3 {
            let response = try refusal(of: invite, 401, all)
            let given = table.credentials(for: response, to: invite, over: flow, at: now)
            let answer = try #require(given)
            #expect(answer.value.contains("algorithm=SHA-512-256") && answer.value.contains("nc=0000000\(count)"))
        }
    }

    // MARK: Whose requests

    @Test func `C11 an address of the provider counts over the trunk's own transport only`() throws {
        let prefix = try #require(IPPrefix(parsing: "203.0.113.0/24"))
        let (table, own, now) = try table { $0.prefixes = [prefix] }
        #expect(table.trunk(of: own, at: now)?.text == "main")
        for (address, transport, isTheirs) in [
            ("203.0.113.7:4000", Transport.tls, true), ("203.0.113.7:4000", .wss, false),
            ("203.0.113.7:5060", .udp, false), ("203.0.113.7:5060", .tcp, false), ("203.0.114.7:4000", .tls, false),
        ] {
            let remote = try #require(SocketAddress(parsing: address))
            let flow = Flow(id: FlowID(rawValue: 77), transport: transport, remote: remote, local: remote)
            #expect((table.trunk(of: flow, at: now) != nil) == isTheirs, "\(address) \(transport)")
        }
    }

    @Test func `in the clear it ends with its exception, to the second`() throws {
        let prefix = try #require(IPPrefix(parsing: "203.0.113.0/24"))
        var (table, own, now) = try table(.udp) { $0.prefixes = [prefix] }
        let remote = try #require(SocketAddress(parsing: "203.0.113.7:5060"))
        let flow = Flow(id: FlowID(rawValue: 77), transport: .udp, remote: remote, local: remote)
        #expect(table.trunk(of: flow, at: now) != nil)
        let later = Moment(monotonic: now.monotonic + .seconds(8_999), wall: WallTime(milliseconds: 9_000_000))
        #expect(table.trunk(of: flow, at: later) == nil)
        #expect(table.way(over: try #require(TrunkName(parsing: "main")), at: later) == nil)
        var turn = Turn(at: later)
        _ = table.settle(keeping: [], &turn)
        #expect(turn.actions.contains { if case .close(own.id) = $0 { true } else { false } })
        #expect(table.nextDeadline == nil)
    }

    @Test func `without an exception a trunk in the clear asks for nothing at all`() throws {
        for transport in [Trunk.Transport.udp, .tcp] {
            var scene = try TrunkScene([TrunkScene.access { $0.transport = transport }])
            scene.wait(.seconds(3_600))
            #expect(scene.lookups.isEmpty && scene.connects.isEmpty)
            #expect(scene.summary?.state == .off)
        }
    }

    @Test func `K04 a wrong certificate is an alarm, and nothing is tried without TLS`() throws {
        var scene = try TrunkScene([TrunkScene.access()])
        try scene.resolve()
        try scene.refuse(TrunkScene.primary, .certificate(.names(["evil.example"])))
        #expect(scene.events.map(\.kind) == [.trunkIdentity, .trunkDown])
        #expect(scene.events.allSatisfy { $0.subject?.description == "trunk main" })
        scene.wait(.seconds(3_600))
        #expect(scene.connects.allSatisfy { $0.wanted.transport == .tls && $0.wanted.domain.text == TrunkScene.domain })
        #expect(scene.lookups.allSatisfy { $0.transport == .tls })
    }

    @Test func `a disabled trunk is left alone, and an enabled one begins anew`() throws {
        var (scene, flows) = try TrunkScene.registered(TrunkScene.access(), [TrunkScene.primary])
        scene.apply([.putTrunk(try TrunkScene.access { $0.isEnabled = false })])
        #expect(scene.closed == flows && scene.summary?.state == .off)
        scene.disconnect(flows[0])
        scene.wait(.seconds(600))
        #expect(scene.lookups.count == 1)
        scene.apply([.putTrunk(try TrunkScene.access())])
        #expect(scene.lookups.count == 2)
    }

    @Test func `settings that the provider need not notice leave the connection alone`() throws {
        var (scene, _) = try TrunkScene.registered(TrunkScene.access(), [TrunkScene.primary])
        scene.apply([.putTrunk(try TrunkScene.access { ($0.calls, $0.priority) = (3, 7) })])
        #expect(scene.isReady && scene.closed.isEmpty)
        scene.apply([.putTrunk(try TrunkScene.access(password: "another"))])
        #expect(!scene.isReady && !scene.closed.isEmpty)
    }
}
