// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import TestKit
import Testing

@Suite("Control trunk-encryption: what a provider without encryption and we agree on")
struct PlainAgreementTests {
    private static let formats = [
        AudioFormat(payloadType: 9, name: "G722", clockRate: 8_000),
        AudioFormat(payloadType: 8, name: "PCMA", clockRate: 8_000),
        AudioFormat(payloadType: 101, name: "TELEPHONE-EVENT", clockRate: 8_000, parameters: "0-16"),
    ].compactMap(\.self)

    private var local: LocalMedia {
        LocalMedia(address: here.address, port: 40_004, rtcpPort: 40_005, sessionID: 99, version: 0)
    }

    private func said(_ lines: String...) throws -> SessionDescription {
        try parse(sdp(lines.joined(separator: "\r\n")))
    }

    /// The test macros do not call what changes a value.
    private func takes(_ leg: inout Negotiation, _ answer: SessionDescription?) -> Bool { leg.accept(answer) }

    private func offered(_ leg: inout Negotiation) -> [UInt8] {
        var generator = SplitMix(1)
        return leg.offer(Self.formats, packetTime: 20, direction: .sendReceive, using: &generator)
    }

    @Test func `an offer is RTP/AVP at a port of its own, without a key`() throws {
        var leg = Negotiation(at: local, protection: .plain)
        #expect(
            text(offered(&leg)) == """
                v=0\r
                o=- 99 1 IN IP4 203.0.113.1\r
                s=-\r
                c=IN IP4 203.0.113.1\r
                t=0 0\r
                m=audio 40004 RTP/AVP 9 8 101\r
                a=rtpmap:9 G722/8000\r
                a=rtpmap:8 PCMA/8000\r
                a=rtpmap:101 telephone-event/8000\r
                a=fmtp:101 0-16\r
                a=ptime:20\r
                a=sendrecv\r

                """
        )
        #expect(!leg.isAgreed && leg.suite == nil && leg.keys == nil)
        #expect(leg.end(signalling: here.address) { _ in true } == nil)
    }

    @Test func `its answer settles formats and nothing of keys`() throws {
        var leg = Negotiation(at: local, protection: .plain)
        _ = offered(&leg)
        #expect(try takes(&leg, said("m=audio 4000 RTP/AVP 8 101", "a=rtpmap:101 telephone-event/8000")))
        #expect(leg.isAgreed && leg.suite == nil && leg.keys == nil && leg.formats.map(\.payloadType) == [8, 101])
        guard case .plain(let media)? = leg.end(signalling: here.address, isAllowed: { _ in true }) else {
            Issue.record("a plain leg is a plain end")
            return
        }
        #expect(media.local.description == "203.0.113.1:40004" && media.address?.description == "192.0.2.9:4000")
        #expect(media.rtcpAddress?.description == "192.0.2.9:4001" && media.sends && media.receives)
        guard case .plain(let nowhere)? = leg.end(signalling: here.address, isAllowed: { _ in false }) else { return }
        #expect(nowhere.address == nil && !nowhere.receives)
    }

    @Test func `what asks for keys, or has no codec of ours, is no answer`() throws {
        var leg = Negotiation(at: local, protection: .plain)
        _ = offered(&leg)
        let key = "a=crypto:1 AEAD_AES_256_GCM inline:\(try inline(.aes256gcm))"
        for wrong in [
            try said("m=audio 4000 RTP/SAVP 8", key), try said("m=audio 4000 RTP/AVPF 8"),
            try said("m=audio 4000 UDP/TLS/RTP/SAVP 8"), try said("m=audio 0 RTP/AVP 8"),
            try said("m=audio 4000 RTP/AVP 18"),
        ] {
            #expect(!takes(&leg, wrong))
        }
        #expect(!leg.isAgreed)
    }

    @Test func `an offer with keys alone is refused, one with both is taken without`() throws {
        var (leg, generator) = (Negotiation(at: local, protection: .plain), SplitMix(1))
        let key = "a=crypto:1 AEAD_AES_256_GCM inline:\(try inline(.aes256gcm))"
        let secure = try #require(try said("m=audio 4000 RTP/SAVP 8", key).chosen(for: .plain).audio)
        #expect(throws: UnacceptableOffer.protected) { try leg.take(secure, using: &generator) }
        let none = try #require(try said("m=audio 4000 RTP/AVP 18").audio)
        #expect(throws: UnacceptableOffer.noCodec) { try leg.take(none, using: &generator) }
        let both = try said("m=audio 4000 RTP/SAVP 8", key, "m=audio 4002 RTP/AVP 8", key, "a=rtcp-mux")
        try leg.take(try #require(both.chosen(for: .plain).audio), using: &generator)
        let answer = text(leg.answer(both, formats: Self.formats, packetTime: nil, direction: .sendReceive))
        #expect(answer.contains("m=audio 0 RTP/SAVP 8\r\nm=audio 40004 RTP/AVP 9 8 101\r\n"))
        #expect(!answer.contains("crypto") && !answer.contains("rtcp-mux"))
    }

    @Test func `nothing in the clear is taken by a leg with keys, and it chooses the section with one`() throws {
        var (leg, generator) = (Negotiation(at: local), SplitMix(1))
        let key = "a=crypto:1 AEAD_AES_256_GCM inline:\(try inline(.aes256gcm))"
        let plain = try #require(try said("m=audio 4000 RTP/AVP 8", key).audio)
        #expect(throws: UnacceptableOffer.unprotected(.optional)) { try leg.take(plain, using: &generator) }
        let both = try said("m=audio 4000 RTP/AVP 8", "m=audio 4002 RTP/SAVP 8", key)
        try leg.take(try #require(both.audio), using: &generator)
        let answer = text(leg.answer(both, formats: Self.formats, packetTime: nil, direction: .sendReceive))
        #expect(answer.contains("m=audio 0 RTP/AVP 8\r\nm=audio 40004 RTP/SAVP 9 8 101\r\n"))
    }

    @Test
    func `no description changes what a leg is: whatever is taken, an encrypted leg has keys and a plain one none`()
        throws
    {
        var random = SplitMix(5)
        let key = "a=crypto:1 AEAD_AES_256_GCM inline:\(try inline(.aes256gcm, first: 40))"
        let profiles = ["RTP/AVP", "RTP/SAVP", "RTP/AVPF", "RTP/SAVPF", "UDP/TLS/RTP/SAVP", "udptl"]
        for protection in AudioProtection.allCases {
            var leg = Negotiation(at: local, protection: protection)
            for _ in 0..<500 {
                let lines = (0..<Int.random(in: 1...3, using: &random)).flatMap { _ in
                    let profile = profiles.randomElement(using: &random) ?? "RTP/AVP"
                    let section = "m=audio \(Int.random(in: 0...2, using: &random)) \(profile) 8"
                    return Bool.random(using: &random) ? [section, key] : [section]
                }
                guard let said = try? parse(sdp(lines.joined(separator: "\r\n"))) else { continue }
                if Bool.random(using: &random) {
                    _ = offered(&leg)
                    _ = leg.accept(said)
                } else if let audio = said.chosen(for: protection).audio {
                    try? leg.take(audio, using: &random)
                }
                #expect(leg.isAgreed == (leg.remote != nil))
                #expect((leg.keys != nil) == (protection == .srtp && leg.isAgreed))
                #expect(leg.remote.map(\.profile.isSecure) != (protection == .plain))
                let written = text(leg.answer(said, formats: Self.formats, packetTime: nil, direction: .sendReceive))
                #expect(!(protection == .plain && written.contains("crypto")))
            }
            #expect(leg.isAgreed)
        }
    }

    @Test func `a provider's media host inside its prefixes is vouched for as the one that signals`() throws {
        var (leg, generator) = (Negotiation(at: local), SplitMix(1))
        let offer = try said("m=audio 4000 RTP/SAVP 8", "a=crypto:1 AEAD_AES_256_GCM inline:\(try inline(.aes256gcm))")
        try leg.take(try #require(offer.audio), using: &generator)
        let prefixes = ["192.0.2.0/24", "203.0.113.0/24"].map { IPPrefix(parsing: $0).map { [$0] } ?? [] } + [[]]
        let hosts = prefixes.map {
            leg.end(signalling: here.address, prefixes: $0) { _ in true }?.leg?.signallingAddress
        }
        #expect(hosts.map { $0?.description } == ["192.0.2.9", "203.0.113.1", "203.0.113.1"])
    }
}
