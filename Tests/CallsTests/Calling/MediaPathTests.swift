// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import Testing

private func text(_ message: Message) -> String { String(decoding: message.bytes, as: UTF8.self) }

@Suite("RFC 5763: calls whose keys are agreed on over the media path")
struct MediaPathTests {
    private static let hash = (0..<32).map { _ in "AB" }.joined(separator: ":")

    /// What a browser or a phone with DTLS says.
    private static func description(
        _ setup: String,
        ice: Bool = true,
        fingerprint: String = "sha-256 \(hash)"
    ) -> String {
        let profile = ice ? "UDP/TLS/RTP/SAVPF" : "UDP/TLS/RTP/SAVP"
        let lines =
            ["v=0", "o=- 1 1 IN IP4 192.0.2.50", "s=-", "c=IN IP4 192.0.2.50", "t=0 0", "m=audio 30000 \(profile) 0"]
            + ["a=rtpmap:0 PCMU/8000", "a=rtcp-mux", "a=fingerprint:\(fingerprint)", "a=setup:\(setup)"]
            + (ice ? ["a=ice-ufrag:a9Xk", "a=ice-pwd:yZ0123456789abcdefghijkl"] : [])
        return lines.map { $0 + "\r\n" }.joined()
    }

    @Test func `a browser that calls is answered in its way, and the other phone in its own`() throws {
        var (office, caller, callee) = try Office.withPhones()
        #expect(try caller.call(&office, "102", sdp: Self.description("actpass")).map(\.status) == [100])
        let invite = try #require(office.received(on: callee.flow).first)
        #expect(text(invite).contains("RTP/SAVP 0") && text(invite).contains("a=crypto:1"))
        #expect(!text(invite).contains(Self.hash) && !text(invite).contains("a9Xk"))
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        let answer = try #require(office.received(on: caller.flow).last)
        for line in [
            "m=audio 40000 UDP/TLS/RTP/SAVPF 0", "a=setup:passive", "a=ice-lite", "a=rtcp-mux",
            "a=fingerprint:sha-256 ",
        ] {
            #expect(text(answer).contains(line), "\(line)")
        }
        guard case .open(_, .dtls(let a), .network)? = office.media.first else {
            Issue.record("\(office.media)")
            return
        }
        #expect(a.ice?.remote.fragment == "a9Xk" && !a.isClient)
        #expect(office.record()?.callerProtection?.srtpSuite == "DTLS-SRTP")
    }

    @Test func `a browser that is called is offered what it takes, and its answer is the leg`() throws {
        var office = try Office()
        var caller = try Phone("phone-101-000001", in: &office)
        var callee = try Phone("phone-102-000001", in: &office)
        callee.flow = try office.flow(over: .wss)
        #expect(try caller.register(&office).status == 200)
        #expect(try callee.register(&office, contact: "sip:102@abcd.invalid;transport=ws").status == 200)
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        for line in ["UDP/TLS/RTP/SAVPF", "a=setup:actpass", "a=ice-lite", "a=ice-ufrag:", "a=candidate:1 1 UDP "] {
            #expect(text(invite).contains(line), "\(line)")
        }
        #expect(!text(invite).contains("a=crypto"))
        office.deliver(callee.answer(invite, 200, sdp: Self.description("active")), on: callee.flow)
        guard case .open(_, .network, .dtls(let b))? = office.media.first else {
            Issue.record("\(office.media)")
            return
        }
        #expect(!b.isClient && b.peer.hash == Array(repeating: 0xAB, count: 32))
    }

    @Test func `M08 a fingerprint of SHA-1 gets no call`() throws {
        var (office, caller, _) = try Office.withPhones()
        let sdp = Self.description("actpass", fingerprint: "sha-1 \(Self.hash.prefix(59))")
        #expect(try caller.call(&office, "102", sdp: sdp).map(\.status).last == 488)
        #expect(office.record()?.control == .mediaEncryption)
    }

    @Test func `a phone that takes no keys in a description is offered the other way, once`() throws {
        var (office, caller, callee) = try Office.withPhones()
        _ = try caller.call(&office, "102")
        let first = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(first, 488), on: callee.flow)
        let second = try #require(office.received(on: callee.flow).first { $0.method == .invite })
        #expect(text(second).contains("UDP/TLS/RTP/SAVP 0") && !text(second).contains("a=ice"))
        #expect(office.received(on: caller.flow).isEmpty)
        office.deliver(callee.answer(second, 200, sdp: Self.description("passive", ice: false)), on: callee.flow)
        #expect(office.received(on: caller.flow).map(\.status) == [200])
        guard case .open(_, .network, .dtls(let b))? = office.media.first else {
            Issue.record("\(office.media)")
            return
        }
        #expect(b.isClient && b.ice == nil && b.address?.port == 30_000)
    }

    @Test func `and where it refuses that, too, the call is over`() throws {
        var (office, caller, callee) = try Office.withPhones()
        _ = try caller.call(&office, "102")
        for _ in 0..<2 {
            let invite = try #require(office.received(on: callee.flow).first { $0.method == .invite })
            office.deliver(callee.answer(invite, 488), on: callee.flow)
        }
        #expect(!office.received(on: callee.flow).contains { $0.method == .invite })
        #expect(office.received(on: caller.flow).map(\.status) == [488])
        #expect(office.record()?.outcome == .failed)
    }

    @Test func `M04 a phone that has picked up without a key is hung up, and not asked another way`() throws {
        var (office, caller, callee) = try Office.withPhones()
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(invite, 200, sdp: Self.description("active", ice: false)), on: callee.flow)
        #expect(office.received(on: callee.flow).map(\.method) == [.ack, .bye])
        #expect(office.received(on: caller.flow).map(\.status) == [488])
    }

    @Test func `RFC 8842 §5.5: four offers in a row keep certificate, part and credentials`() throws {
        var (office, caller, callee) = try Office.withPhones()
        _ = try caller.call(&office, "102", sdp: Self.description("active"))
        let invite = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        let answer = try #require(office.received(on: caller.flow).last)
        office.deliver(caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number), on: caller.flow)
        let kept = text(answer).split(separator: "\r\n").filter {
            $0.hasPrefix("a=fingerprint") || $0.hasPrefix("a=ice-ufrag")
        }
        guard case .open(_, .dtls(let a), .network)? = office.media.first else { return }
        let first = try answer.cseq().number
        for sequence in first + 1...first + 4 {
            let again = caller.inDialog("INVITE", of: answer, sequence: sequence, sdp: Self.description("actpass"))
            office.deliver(again, on: caller.flow)
            let said = try #require(office.received(on: caller.flow).last)
            #expect(said.status == 200 && text(said).contains("a=setup:passive"))
            for line in kept { #expect(text(said).contains(line)) }
            office.deliver(caller.inDialog("ACK", of: answer, sequence: sequence), on: caller.flow)
            guard case .update(_, .a, .dtls(let now))? = office.media.last else {
                Issue.record("\(office.media)")
                return
            }
            #expect(now.leg == a.leg && now.identity === a.identity && now.isClient == a.isClient)
        }
    }
}
