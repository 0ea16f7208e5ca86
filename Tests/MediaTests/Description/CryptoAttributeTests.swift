// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@testable import Media

@Suite("RFC 4568: keys in a description")
struct CryptoAttributeTests {
    private func crypto(_ lines: [String], profile: String = "RTP/SAVP") throws -> [CryptoAttribute] {
        let section = "m=audio 4000 \(profile) 0"
        return try #require(try parse(sdp(([section] + lines).joined(separator: "\r\n"))).audio).crypto
    }

    @Test func `the example of RFC 4568 §4 gives its key`() throws {
        let line = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20"
        let attribute = try #require(try crypto([line]).first)
        #expect(attribute.tag == 1)
        #expect(attribute.key.suite == .aes128cmSHA1_80)
        #expect(attribute.key.material.reveal { $0.prefix(4) } == [0x3D, 0x2D, 0x6E, 0x40])
    }

    @Test(arguments: SRTPSuite.allCases, [true, false])
    func `every suite is read with and without padding`(suite: SRTPSuite, isPadded: Bool) throws {
        let text = try inline(suite).filter { isPadded || $0 != "=" }
        #expect(try crypto(["a=crypto:7 \(suite.rawValue) inline:\(text)"]) == [.init(tag: 7, key: try key(suite))])
    }

    @Test(arguments: SRTPSuite.allCases)
    func `every suite is written padded and reads back as the same key`(suite: SRTPSuite) throws {
        let attribute = CryptoAttribute(tag: 3, key: try key(suite))
        let offer = SessionWriter.offer(
            here,
            formats: [try format(8, "PCMA")],
            packetTime: 20,
            direction: .sendReceive,
            crypto: [attribute],
            rtcpMux: false
        )
        #expect(try parse(offer).audio?.crypto == [attribute])
        let line = try #require(text(offer).split(separator: "\r\n").first { $0.hasPrefix("a=crypto:") })
        let encoded = try #require(line.split(separator: ":").last)
        #expect(encoded.count % 4 == 0)
    }

    static let refused: [(String, String)] = [
        ("no encryption", "1 AES_CM_128_HMAC_SHA1_80 inline:KEY UNENCRYPTED_SRTP"),
        ("no encryption of RTCP", "1 AES_CM_128_HMAC_SHA1_80 inline:KEY UNENCRYPTED_SRTCP"),
        ("no authentication", "1 AES_CM_128_HMAC_SHA1_80 inline:KEY UNAUTHENTICATED_SRTP"),
        ("no encryption behind a harmless one", "1 AES_CM_128_HMAC_SHA1_80 inline:KEY WSH=64 UNENCRYPTED_SRTP"),
        ("a key derivation rate", "1 AES_CM_128_HMAC_SHA1_80 inline:KEY KDR=1"),
        ("forward error correction", "1 AES_CM_128_HMAC_SHA1_80 inline:KEY FEC_ORDER=FEC_SRTP"),
        ("an unknown parameter that is not optional", "1 AES_CM_128_HMAC_SHA1_80 inline:KEY X"),
        ("a short tag", "1 AES_CM_128_HMAC_SHA1_32 inline:KEY"),
        ("NULL", "1 NULL_HMAC_SHA1_80 inline:KEY"),
        ("F8", "1 F8_128_HMAC_SHA1_80 inline:KEY"),
        ("a key that is too long", "1 AES_CM_128_HMAC_SHA1_80 inline:KEYKEYA="),
        ("the key of another suite", "1 AEAD_AES_256_GCM inline:KEY"),
        ("an empty key", "1 AES_CM_128_HMAC_SHA1_80 inline:"),
        ("another way to say the key", "1 AES_CM_128_HMAC_SHA1_80 uri:KEY"),
        ("a master key identifier", "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^31|1:4"),
        ("a master key identifier alone", "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|1:4"),
        ("two keys", "1 AES_CM_128_HMAC_SHA1_80 inline:KEY;inline:KEY"),
        ("a short life", "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^10"),
        ("a short life in full", "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|1000"),
        ("a life that is too long", "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^49"),
        ("a life that overflows", "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^9999999999999999999"),
        ("no life behind the bar's power", "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^"),
        ("a tag that is no number", "1a AES_CM_128_HMAC_SHA1_80 inline:KEY"),
        ("a negative tag", "-1 AES_CM_128_HMAC_SHA1_80 inline:KEY"),
        ("a tag of ten digits", "1000000000 AES_CM_128_HMAC_SHA1_80 inline:KEY"),
        ("no base64", "1 AES_CM_128_HMAC_SHA1_80 inline:InvalidBase64@@@###"),
        ("a suite alone", "1 AES_CM_128_HMAC_SHA1_80"),
        ("a tag alone", "1"),
        ("nothing", ""),
    ]

    @Test(arguments: refused)
    func `a line is skipped that says`(what: String, value: String) throws {
        let text = value.replacing("KEY", with: try inline(.aes128cmSHA1_80))
        let good = "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:\(try inline(.aes128cmSHA1_80, first: 9))"
        #expect(try crypto(["a=crypto:\(text)", good]).map(\.tag) == [2], "\(what)")
    }

    @Test(arguments: ["", "|2^20", "|2^31", "|2^48", "|1048576", " WSH=128", " -FUTURE=1", "|2^31 WSH=64"])
    func `a line is taken with`(addition: String) throws {
        let value = "1 AES_CM_128_HMAC_SHA1_80 inline:\(try inline(.aes128cmSHA1_80))\(addition)"
        #expect(try crypto(["a=crypto:\(value)"]).count == 1)
    }

    @Test(arguments: SRTPSuite.allCases)
    func `names of suites are read in any case`(suite: SRTPSuite) throws {
        let lower = "a=crypto:1 \(suite.rawValue.lowercased()) INLINE:\(try inline(suite))"
        #expect(try crypto([lower]) == [.init(tag: 1, key: try key(suite))])
    }

    static let shortcomings: [(ProtectionShortcoming, String, [String])] = [
        (.plain, "RTP/AVP", []),
        (.optional, "RTP/AVP", ["a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY"]),
        (.dtls, "UDP/TLS/RTP/SAVPF", ["a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY"]),
        (.dtls, "RTP/SAVP", ["a=fingerprint:sha-256 00:11"]),
        (.noKey, "RTP/SAVP", []),
        (.suites, "RTP/SAVP", ["a=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:KEY", "a=crypto:2 X inline:KEY"]),
        (.parameters, "RTP/SAVP", ["a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^31|1:4"]),
    ]

    @Test(arguments: shortcomings)
    func `an offer that cannot be protected says what it lacks`(
        lacks: ProtectionShortcoming,
        profile: String,
        lines: [String]
    ) throws {
        let keyed = try lines.map { $0.replacing("KEY", with: try inline(.aes128cmSHA1_80)) }
        let audio = try #require(
            try parse(sdp((["m=audio 4000 \(profile) 0"] + keyed).joined(separator: "\r\n"))).audio
        )
        #expect(Negotiation.protection(of: audio) == nil)
        #expect(audio.shortcoming == lacks)
    }

    @Test func `a tag that stands twice names no line at all`() throws {
        let (one, two) = (try inline(.aes128cmSHA1_80), try inline(.aes256gcm))
        let lines = [
            "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\(one)", "a=crypto:1 AEAD_AES_256_GCM inline:\(two)",
            "a=crypto:2 AEAD_AES_256_GCM inline:\(two)",
        ]
        #expect(try crypto(lines).map(\.tag) == [2])
        #expect(try crypto(["a=crypto:1 OTHER inline:\(one)", lines[0]]).isEmpty)
    }

    @Test(arguments: ["RTP/AVP", "RTP/AVPF", "UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF"])
    func `keys beside another transport are not read`(profile: String) throws {
        let line = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\(try inline(.aes128cmSHA1_80))"
        #expect(try crypto([line], profile: profile).isEmpty)
    }

    @Test func `keys at the session level are not read`() throws {
        let line = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\(try inline(.aes128cmSHA1_80))"
        #expect(try parse(sdp(line, "m=audio 4000 RTP/SAVP 0")).audio?.crypto.isEmpty == true)
    }

    @Test func `a key is not in what is printed of a description`() throws {
        let line = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\(try inline(.aes128cmSHA1_80))"
        let session = try parse(sdp("m=audio 4000 RTP/SAVP 0", line))
        #expect(session.audio?.crypto.count == 1)
        var printed = ""
        dump(session, to: &printed)
        printed += "\(session)"
        #expect(printed.contains("«redacted»"))
        #expect(!printed.contains(try inline(.aes128cmSHA1_80)))
        #expect(!printed.contains("1, 2, 3, 4"))
    }
}
