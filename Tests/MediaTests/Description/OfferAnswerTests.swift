// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@testable import Media

@Suite("RFC 3264: offer and answer")
struct OfferAnswerTests {
    /// As linphone writes it, with what must not cross.
    private static func linphone() throws -> [UInt8] {
        sdp(
            "m=audio 7078 RTP/SAVPF 96 0 101",
            "a=rtpmap:96 opus/48000/2",
            "a=fmtp:96 useinbandfec=1",
            "a=rtpmap:101 telephone-event/8000",
            "a=fmtp:101 0-15",
            "a=rtcp-fb:* trr-int 5000",
            "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\(try inline(.aes128cmSHA1_80))",
            "a=crypto:4 AEAD_AES_128_GCM inline:\(try inline(.aes128gcm))",
            "m=video 9078 RTP/SAVPF 97",
            "a=rtpmap:97 VP8/90000",
            head: "v=0\r\no=alice 2890 1 IN IP4 10.1.2.3\r\ns=Talk of alice\r\nc=IN IP4 10.1.2.3\r\nt=0 0"
        )
    }

    private func answer(
        _ offer: SessionDescription,
        direction: MediaDirection = .sendReceive,
        rtcpMux: Bool = true
    ) throws -> [UInt8] {
        let audio = try #require(offer.audio)
        let taken = try #require(Negotiation.protection(of: audio, preferring: SRTPSuite.allCases))
        return SessionWriter.answer(
            to: offer,
            here,
            formats: audio.formats,
            packetTime: nil,
            direction: direction,
            crypto: .init(tag: taken.tag, key: try key(taken.key.suite, first: 100)),
            rtcpMux: rtcpMux
        )
    }

    @Test func `an answer mirrors the transport, takes one key under its tag, and refuses the other sections`() throws {
        let offer = try parse(try Self.linphone())
        #expect(
            text(try answer(offer)) == """
                v=0\r
                o=- 99 1 IN IP4 203.0.113.1\r
                s=-\r
                c=IN IP4 203.0.113.1\r
                t=0 0\r
                m=audio 40000 RTP/SAVPF 96 0 101\r
                a=rtpmap:96 opus/48000/2\r
                a=fmtp:96 useinbandfec=1\r
                a=rtpmap:0 PCMU/8000\r
                a=rtpmap:101 telephone-event/8000\r
                a=fmtp:101 0-15\r
                a=crypto:4 AEAD_AES_128_GCM inline:\(try inline(.aes128gcm, first: 100))\r
                a=sendrecv\r
                m=video 0 RTP/SAVPF 97\r

                """
        )
    }

    @Test func `nothing of the other side's identity, name or address is in what we write`() throws {
        let offer = try parse(try Self.linphone())
        let audio = try #require(offer.audio)
        let ours = SessionWriter.offer(
            here,
            formats: audio.formats,
            packetTime: 20,
            direction: .sendReceive,
            crypto: [.init(tag: 1, key: try key(.aes256gcm, first: 50))],
            rtcpMux: true
        )
        for written in [text(ours), text(try answer(offer))] {
            for trace in ["alice", "10.1.2.3", "2890", "Talk", "7078", "rtcp-fb", try inline(.aes128gcm)] {
                #expect(!written.contains(trace), "\(trace)")
            }
        }
    }

    @Test func `an offer says RTP/SAVP with our keys in our order`() throws {
        let crypto = try SRTPSuite.allCases.enumerated().map { CryptoAttribute(tag: $0 + 1, key: try key($1)) }
        var local = here
        local.address = try #require(IPAddress(parsing: "2001:db8::1"))
        local.rtcpPort = 40_100
        let offer = SessionWriter.offer(
            local,
            formats: [try format(8, "PCMA")],
            packetTime: 20,
            direction: .sendOnly,
            crypto: crypto,
            rtcpMux: true
        )
        #expect(
            text(offer) == """
                v=0\r
                o=- 99 1 IN IP6 2001:db8::1\r
                s=-\r
                c=IN IP6 2001:db8::1\r
                t=0 0\r
                m=audio 40000 RTP/SAVP 8\r
                a=rtpmap:8 PCMA/8000\r
                a=ptime:20\r
                a=crypto:1 AEAD_AES_256_GCM inline:\(try inline(.aes256gcm))\r
                a=crypto:2 AEAD_AES_128_GCM inline:\(try inline(.aes128gcm))\r
                a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:\(try inline(.aes128cmSHA1_80))\r
                a=rtcp:40100\r
                a=rtcp-mux\r
                a=sendonly\r

                """
        )
    }

    @Test(arguments: [
        ("t=3034423619 3042462419", "t=3034423619 3042462419"), ("t=0 0\r\nt=5 6", "t=0 0"), ("t=5", "t=0 0"),
        ("t=99999999999999999999 1", "t=0 0"), ("t=-1 0", "t=0 0"), ("s=x", "t=0 0"),
    ])
    func `an answer says the time of its offer`(line: String, answered: String) throws {
        let head = "v=0\r\no=- 7 3 IN IP4 192.0.2.9\r\nc=IN IP4 192.0.2.9\r\n\(line)"
        let key = "a=crypto:1 AEAD_AES_256_GCM inline:\(try inline(.aes256gcm))"
        let offer = try parse(sdp("m=audio 4000 RTP/SAVP 0", key, head: head))
        #expect(text(try answer(offer)).contains("\r\n\(answered)\r\nm=audio"))
    }

    @Test func `rtcp-mux is answered only when it was offered and is wanted`() throws {
        let key = "a=crypto:1 AEAD_AES_256_GCM inline:\(try inline(.aes256gcm))"
        let without = try parse(sdp("m=audio 4000 RTP/SAVP 0", key))
        let with = try parse(sdp("m=audio 4000 RTP/SAVP 0", key, "a=rtcp-mux"))
        #expect(try parse(answer(without)).audio?.rtcpMux == false)
        #expect(try parse(answer(with)).audio?.rtcpMux == true)
        #expect(try parse(answer(with, rtcpMux: false)).audio?.rtcpMux == false)
    }

    @Test func `RTCP goes to the port that a=rtcp names, or to the next one`() throws {
        #expect(try parse(sdp("m=audio 4000 RTP/SAVP 0")).audio?.rtcpPort == 4_001)
        #expect(try parse(sdp("m=audio 4000 RTP/SAVP 0", "a=rtcp:5003 IN IP4 198.51.100.99")).audio?.rtcpPort == 5_003)
        #expect(
            try parse(sdp("m=audio 4000 RTP/SAVP 0", "a=rtcp:5003 IN IP4 198.51.100.99")).audio?.address
                == IPAddress(parsing: "192.0.2.9")
        )
    }

    /// What the offer says, and what we say when we would send and receive.
    static let directions: [(MediaDirection, MediaDirection)] = [
        (.sendReceive, .sendReceive), (.sendOnly, .receiveOnly), (.receiveOnly, .sendOnly), (.inactive, .inactive),
    ]

    @Test(arguments: directions)
    func `an answer does not send to who does not receive`(offered: MediaDirection, answered: MediaDirection) throws {
        let names: [MediaDirection: String] = [
            .sendReceive: "sendrecv", .sendOnly: "sendonly", .receiveOnly: "recvonly", .inactive: "inactive",
        ]
        let key = "a=crypto:1 AEAD_AES_256_GCM inline:\(try inline(.aes256gcm))"
        let offer = try parse(sdp("m=audio 4000 RTP/SAVP 0", key, "a=\(names[offered, default: ""])"))
        #expect(offer.audio?.direction == offered)
        #expect(try parse(answer(offer)).audio?.direction == answered)
        #expect(try parse(answer(offer, direction: .inactive)).audio?.direction == .inactive)
    }

    @Test(arguments: [("IN IP4 0.0.0.0", "sendrecv", MediaDirection.sendOnly), ("IN IP6 ::", "recvonly", .inactive)])
    func `an unspecified address is hold, as RFC 2543 had it`(place: String, said: String, meant: MediaDirection) throws
    {
        let audio = try #require(try parse(sdp("m=audio 4000 RTP/SAVP 0", "c=\(place)", "a=\(said)")).audio)
        #expect(audio.direction == meant)
        #expect(audio.address == nil)
    }

    @Test func `a section with a key goes before one without, and one that is off is none`() throws {
        let key = "a=crypto:1 AEAD_AES_256_GCM inline:\(try inline(.aes256gcm))"
        let both = try parse(sdp("m=audio 4000 RTP/AVP 0", "m=audio 5000 RTP/SAVP 0", key))
        #expect(both.audioIndex == 1)
        #expect(both.audio?.profile == .savp)
        #expect(text(try answer(both)).contains("m=audio 0 RTP/AVP 0\r\nm=audio 40000 RTP/SAVP 0\r\n"))
        #expect(try parse(sdp("m=audio 0 RTP/SAVP 0", key)).audio == nil)
        #expect(try parse(sdp("m=audio 4000/2 RTP/SAVP 0", key)).audio == nil)
        #expect(try parse(sdp("m=audio 4000 udptl 0")).audio == nil)
        #expect(try parse(sdp("m=image 4000 udptl t38")).audio == nil)
    }

    @Test func `without a common format every section is refused`() throws {
        let offer = try parse(try Self.linphone())
        let refusal = SessionWriter.answer(
            to: offer,
            here,
            formats: [],
            packetTime: nil,
            direction: .sendReceive,
            crypto: .init(tag: 1, key: try key(.aes256gcm)),
            rtcpMux: false
        )
        #expect(try parse(refusal).sections.map(\.port) == [0, 0])
        #expect(!text(refusal).contains("crypto"))
    }

    @Test func `a session number is written as a signed number that a phone can read`() throws {
        var local = here
        local.sessionID = .max
        let offer = SessionWriter.offer(
            local,
            formats: [try format(0, "PCMU")],
            packetTime: nil,
            direction: .sendReceive,
            crypto: [],
            rtcpMux: false
        )
        #expect(try parse(offer).sessionID == UInt64(Int64.max))
    }
}

@Suite("ATTACKS M07: downgrade")
struct NegotiationTests {
    private func audio(_ profile: String, _ suites: [SRTPSuite]) throws -> AudioDescription {
        let lines = try suites.enumerated().map { "a=crypto:\($0 + 1) \($1.rawValue) inline:\(try inline($1))" }
        return try #require(try parse(sdp((["m=audio 4000 \(profile) 0"] + lines).joined(separator: "\r\n"))).audio)
    }

    @Test func `our order decides which offered key is taken`() throws {
        let offer = try audio("RTP/SAVP", [.aes128cmSHA1_80, .aes128gcm, .aes256gcm])
        #expect(Negotiation.protection(of: offer, preferring: SRTPSuite.allCases)?.tag == 3)
        #expect(Negotiation.protection(of: offer, preferring: [.aes128cmSHA1_80])?.tag == 1)
        #expect(Negotiation.protection(of: offer, preferring: []) == nil)
    }

    @Test(arguments: ["RTP/AVP", "RTP/AVPF", "UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF"])
    func `nothing protects an offer over`(profile: String) throws {
        let offer = try audio(profile, SRTPSuite.allCases)
        #expect(Negotiation.protection(of: offer, preferring: SRTPSuite.allCases) == nil)
    }

    @Test func `the tag decides between two lines of one suite, and a wrong one between none`() throws {
        let ours = [3, 4].compactMap { try? CryptoAttribute(tag: $0, key: key(.aes256gcm, first: UInt8($0))) }
        var answer = try audio("RTP/SAVP", [])
        for (tag, taken) in [(3, 3), (4, 4), (1, nil)] {
            answer.crypto = [.init(tag: tag, key: try key(.aes256gcm, first: 90))]
            #expect(Negotiation.protection(answered: answer, offered: ours)?.tag == taken)
        }
        answer.crypto = [.init(tag: 3, key: try key(.aes128gcm))]
        #expect(Negotiation.protection(answered: answer, offered: ours) == nil, "a suite that was not offered")
    }

    @Test func `an answer has one key, the suite of one of ours, and a key of its own`() throws {
        let ours = try SRTPSuite.allCases.enumerated().map { CryptoAttribute(tag: $0 + 1, key: try key($1, first: 77)) }
        var answer = try audio("RTP/SAVP", [.aes256gcm])
        #expect(Negotiation.protection(answered: answer, offered: ours)?.tag == 1)
        answer.crypto = [.init(tag: 2, key: try key(.aes256gcm))]
        #expect(Negotiation.protection(answered: answer, offered: ours)?.tag == 1, "the tag of another suite")
        answer.crypto = [.init(tag: 9, key: try key(.aes256gcm))]
        #expect(Negotiation.protection(answered: answer, offered: ours)?.tag == 1, "a tag that was not offered")
        answer.crypto = [.init(tag: 1, key: try key(.aes256gcm)), .init(tag: 2, key: try key(.aes128gcm))]
        #expect(Negotiation.protection(answered: answer, offered: ours) == nil, "two keys")
        answer.crypto = [ours[0]]
        #expect(Negotiation.protection(answered: answer, offered: ours) == nil, "our own key")
        answer.crypto = []
        #expect(Negotiation.protection(answered: answer, offered: ours) == nil, "no key")
        #expect(Negotiation.protection(answered: try audio("RTP/AVP", [.aes256gcm]), offered: ours) == nil)
    }

    @Test func `a format is common when codec and payload type are, and the answer's order and parameters count`()
        throws
    {
        let event = try format(101, "telephone-event")
        let offered = [try format(96, "opus", 48_000, 2), try format(8, "PCMA"), try format(0, "PCMU"), event]
        let opus = try #require(
            AudioFormat(payloadType: 96, name: "opus", clockRate: 48_000, channels: 2, parameters: "usedtx=1")
        )
        #expect(
            Negotiation.formats(offered: offered, answered: [event, try format(0, "PCMU"), opus]) == [
                event, try format(0, "PCMU"), opus,
            ]
        )
        #expect(Negotiation.formats(offered: offered, answered: [try format(97, "opus", 48_000, 2)]).isEmpty)
        #expect(Negotiation.formats(offered: offered, answered: [try format(9, "G722")]).isEmpty)
        #expect(Negotiation.formats(offered: offered, answered: [event]).isEmpty, "keys alone are no call")
    }

    @Test func `a direction seen from the other side is the reverse, and limiting takes away only`() {
        for one in MediaDirection.allCases {
            #expect(one.reversed.reversed == one)
            #expect(one.reversed.sends == one.receives)
            for other in MediaDirection.allCases {
                let both = one.limited(by: other)
                #expect(both.sends == (one.sends && other.sends))
                #expect(both.receives == (one.receives && other.receives))
            }
        }
    }
}
