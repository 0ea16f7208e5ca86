// SPDX-License-Identifier: Apache-2.0

import Primitives
import TestKit
import Testing

@testable import Media

@Suite("RFC 5763 and RFC 8839: descriptions of DTLS and ICE")
struct DTLSDescriptionTests {
    private static let hash = (0..<32).map { _ in "AB" }.joined(separator: ":")
    private static let print = "a=fingerprint:sha-256 \(hash)"
    private let identity: DTLSIdentity

    init() throws {
        identity = try #require(DTLSIdentity(at: WallTime(milliseconds: 1_800_000_000_000)))
    }

    /// As Chromium writes it, shortened.
    private static func browser(
        setup: String = "actpass",
        print: String = print,
        fragment: String = "a9Xk",
        more: [String] = []
    ) -> [UInt8] {
        sdp(
            "m=audio 9 UDP/TLS/RTP/SAVPF 111 0 126",
            "c=IN IP4 0.0.0.0",
            "a=rtcp:9 IN IP4 0.0.0.0",
            "a=candidate:1 1 udp 2122260223 4e6cf9a1.local 51234 typ host generation 0",
            "a=ice-ufrag:\(fragment)",
            "a=ice-pwd:yZ0123456789abcdefghijkl",
            "a=ice-options:trickle",
            print,
            "a=setup:\(setup)",
            "a=mid:0",
            "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
            "a=sendrecv",
            "a=rtcp-mux",
            "a=rtpmap:111 opus/48000/2",
            "a=rtpmap:0 PCMU/8000",
            "a=rtpmap:126 telephone-event/8000",
            "m=video 9 UDP/TLS/RTP/SAVPF 96",
            "c=IN IP4 0.0.0.0",
            "a=mid:1",
            "a=rtpmap:96 VP8/90000",
            head: "v=0\r\no=- 4611 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1"
                + more.map { "\r\n\($0)" }.joined()
        )
    }

    private func leg(_ firstOffer: Negotiation.FirstOffer = .keys) -> Negotiation {
        Negotiation(at: here, identity: identity, firstOffer: firstOffer)
    }

    private func answer(_ leg: inout Negotiation, _ offer: SessionDescription, _ seed: UInt64 = 1) throws -> String {
        var generator = SplitMix(seed)
        let audio = try #require(offer.audio)
        try leg.take(audio, using: &generator)
        return text(leg.answer(offer, formats: audio.formats, packetTime: nil, direction: .sendReceive))
    }

    @Test func `a browser is answered with a certificate, a part, where we are, and no picture`() throws {
        var leg = leg()
        let said = try answer(&leg, parse(Self.browser()))
        let ice = try #require(leg.ice)
        #expect(
            said == """
                v=0\r
                o=- 99 2 IN IP4 203.0.113.1\r
                s=-\r
                c=IN IP4 203.0.113.1\r
                t=0 0\r
                a=group:BUNDLE 0\r
                a=ice-lite\r
                m=audio 40000 UDP/TLS/RTP/SAVPF 111 0 126\r
                a=mid:0\r
                a=rtpmap:111 opus/48000/2\r
                a=rtpmap:0 PCMU/8000\r
                a=rtpmap:126 telephone-event/8000\r
                a=rtcp-mux\r
                a=sendrecv\r
                a=fingerprint:\(identity.fingerprint)\r
                a=setup:passive\r
                a=ice-ufrag:\(ice.fragment)\r
                a=ice-pwd:\(ice.password.reveal { $0 })\r
                a=candidate:1 1 UDP 2130706431 203.0.113.1 40000 typ host\r
                a=end-of-candidates\r
                m=video 0 UDP/TLS/RTP/SAVPF 96\r
                a=mid:1\r

                """
        )
        #expect(ice.fragment.utf8.count == 8 && ice.password.reveal { $0.utf8.count } == 24)
        #expect(leg.isAgreed && leg.isOverMediaPath && leg.keys == nil && leg.remote?.direction == .sendReceive)
    }

    @Test func `the relay is told all of it`() throws {
        var leg = leg()
        _ = try answer(&leg, parse(Self.browser()))
        let end = leg.end(signalling: IPAddress(v4: 0xC000_0201)) { _ in true }
        guard case .dtls(let media)? = end else {
            Issue.record("\(String(describing: end))")
            return
        }
        #expect(media.identity === identity && !media.isClient && media.peer.hash == Array(repeating: 0xAB, count: 32))
        #expect(media.ice?.remote.fragment == "a9Xk" && media.ice?.local.fragment == leg.ice?.fragment)
        #expect(media.address == nil && media.sends && media.receives && media.rtcpMux)
    }

    @Test(arguments: [("active", "passive"), ("passive", "active"), ("actpass", "passive"), ("ACTPASS", "passive")])
    func `our part is the other one`(theirs: String, ours: String) throws {
        var leg = leg()
        #expect(try answer(&leg, parse(Self.browser(setup: theirs))).contains("a=setup:\(ours)\r\n"))
    }

    @Test(arguments: [
        "a=fingerprint:sha-1 \(hash.prefix(59))", "a=fingerprint:md5 \(hash.prefix(47))",
        "a=fingerprint:sha-256 \(hash.dropLast(3))",
        "a=fingerprint:sha-256 \(hash):AB", "a=fingerprint:sha-256 \(hash.replacing(":", with: "-"))", "a=x",
    ])
    func `M08 without a fingerprint of SHA-256 or better there is no call`(line: String) throws {
        var (leg, generator) = (leg(), SplitMix(1))
        let audio = try #require(try parse(Self.browser(print: line)).audio)
        #expect(throws: UnacceptableOffer.unprotected(.dtls)) { try leg.take(audio, using: &generator) }
        #expect(!Negotiation.isProtected(audio))
    }

    @Test func `the best of several fingerprints counts, from the session where the section has none`() throws {
        let long = "a=fingerprint:sha-512 " + (0..<64).map { _ in "0c" }.joined(separator: ":")
        let offer = try parse(Self.browser(print: "a=x", more: [Self.print, "a=fingerprint:sha-1 AB", long]))
        #expect(offer.audio?.dtls?.fingerprint.algorithm == .sha512)
        #expect(offer.audio?.dtls?.fingerprint.hash == Array(repeating: 12, count: 64))
    }

    @Test func `a part that is none of ours is no part, and without one the other side begins`() throws {
        #expect(try parse(Self.browser(setup: "holdconn")).audio?.dtls == nil)
        let silent = try parse(sdp("m=audio 4000 UDP/TLS/RTP/SAVP 0", Self.print))
        #expect(silent.audio?.dtls?.setup == .active)
    }

    @Test(arguments: ["RTP/AVP", "RTP/AVPF"])
    func `M07 a fingerprint beside a profile that does without is refused`(profile: String) throws {
        let audio = try #require(try parse(sdp("m=audio 4000 \(profile) 0", Self.print)).audio)
        #expect(!Negotiation.isProtected(audio) && audio.dtls == nil)
    }

    @Test func `a phone that has keys and a fingerprint is protected by the keys of its profile`() throws {
        let key = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\(try inline(.aes128cmSHA1_80))"
        var (one, other) = (leg(), leg())
        #expect(try answer(&one, parse(sdp("m=audio 4000 RTP/SAVP 0", key, Self.print))).contains("a=crypto:1 "))
        let said = try answer(&other, parse(sdp("m=audio 4000 UDP/TLS/RTP/SAVP 0", key, Self.print)))
        #expect(said.contains("a=fingerprint:") && !said.contains("a=crypto"))
    }

    @Test func `a phone without ICE hears nothing of it, and is sent to where it said`() throws {
        var leg = leg()
        let said = try answer(&leg, parse(sdp("m=audio 4000 UDP/TLS/RTP/SAVP 0", Self.print, "a=setup:actpass")))
        #expect(!said.contains("a=ice") && !said.contains("a=candidate") && !said.contains("a=mid"))
        guard case .dtls(let media)? = leg.end(signalling: IPAddress(v4: 1), isAllowed: { _ in true }) else { return }
        #expect(media.address == SocketAddress(parsing: "192.0.2.9:4000") && media.ice == nil)
    }

    @Test func `an offer for a browser has all of it, and its answer makes the leg`() throws {
        var (leg, generator) = (leg(.dtlsWithICE), SplitMix(1))
        let pcmu = [try format(0, "PCMU")]
        let offer = text(leg.offer(pcmu, packetTime: 20, direction: .sendReceive, using: &generator))
        for line in [
            "a=ice-lite", "m=audio 40000 UDP/TLS/RTP/SAVPF 0", "a=setup:actpass", "a=rtcp-mux", "a=mid:0",
            "a=group:BUNDLE 0", "a=fingerprint:\(identity.fingerprint)", "a=end-of-candidates",
        ] { #expect(offer.contains("\(line)\r\n"), "\(line)") }
        #expect(!offer.contains("a=crypto") && !leg.isAgreed)
        #expect(!leg.accept(try parse(Self.browser(setup: "actpass"))))
        #expect(!leg.accept(try parse(Self.browser(setup: "active", print: "a=x"))))
        #expect(leg.accept(try parse(Self.browser(setup: "active"))))
        guard case .dtls(let media)? = leg.end(signalling: IPAddress(v4: 1), isAllowed: { _ in true }) else { return }
        #expect(!media.isClient && media.ice != nil)
        // The next offer goes on with the same.
        let again = text(leg.offer(pcmu, packetTime: 20, direction: .sendOnly, using: &generator))
        #expect(
            again.contains("a=ice-ufrag:\(media.ice?.local.fragment ?? "")\r\n") && again.contains("a=setup:actpass")
        )
    }

    @Test func `an offer for a phone without ICE has none`() throws {
        var (leg, generator) = (leg(.dtls), SplitMix(1))
        let offer = text(leg.offer([try format(0, "PCMU")], packetTime: 20, direction: .sendReceive, using: &generator))
        #expect(offer.contains("m=audio 40000 UDP/TLS/RTP/SAVP 0\r\n") && offer.contains("a=setup:actpass"))
        #expect(!offer.contains("a=ice") && !offer.contains("a=candidate") && !offer.contains("a=mid"))
        #expect(leg.accept(try parse(sdp("m=audio 4000 UDP/TLS/RTP/SAVP 0", Self.print, "a=setup:passive"))))
        guard case .dtls(let media)? = leg.end(signalling: IPAddress(v4: 1), isAllowed: { _ in true }) else { return }
        #expect(media.isClient && media.ice == nil)
    }

    @Test func `RFC 8842 §5.5: who offers anew with actpass keeps the parts, credentials and certificate`() throws {
        for (setup, part) in [("passive", "active"), ("active", "passive")] {
            var leg = leg()
            _ = try answer(&leg, parse(Self.browser(setup: setup)))
            let first = try #require(leg.ice)
            for seed in 2..<6 {
                let said = try answer(&leg, parse(Self.browser()), UInt64(seed))
                #expect(said.contains("a=setup:\(part)\r\n") && said.contains("a=ice-ufrag:\(first.fragment)\r\n"))
            }
        }
    }

    @Test func `RFC 8445 §9: new credentials bring new ones of ours`() throws {
        var leg = leg()
        _ = try answer(&leg, parse(Self.browser()))
        let first = try #require(leg.ice)
        _ = try answer(&leg, parse(Self.browser(fragment: "new1")), 2)
        #expect(leg.ice?.fragment != first.fragment)
    }

    @Test func `without a certificate DTLS is refused as before`() throws {
        var (leg, generator) = (Negotiation(at: here), SplitMix(1))
        let audio = try #require(try parse(Self.browser()).audio)
        #expect(throws: UnacceptableOffer.self) { try leg.take(audio, using: &generator) }
    }

    @Test func `a certificate is new each time, and its fingerprint is of SHA-256`() throws {
        let other = try #require(DTLSIdentity(at: WallTime(milliseconds: 1_800_000_000_000)))
        #expect(other.fingerprint != identity.fingerprint && other.fingerprint.algorithm == .sha256)
        #expect(DTLSFingerprint(parsing: Array(other.fingerprint.description.utf8)[...]) == other.fingerprint)
    }
}
