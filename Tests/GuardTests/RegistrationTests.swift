// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Testing

@Suite("RFC 3261 §10.3: how long and how often a phone may register")
struct RegistrationRulesTests {
    static let cases: [(requested: UInt32?, others: Int, noticesLoss: Bool, decision: RegistrationRules.Decision)] = [
        (nil, 0, true, .bind(seconds: 3_600)), (nil, 0, false, .bind(seconds: 120)),
        (600, 0, true, .bind(seconds: 600)), (600, 0, false, .bind(seconds: 120)),
        (60, 4, true, .bind(seconds: 60)), (60, 4, false, .bind(seconds: 60)),
        (59, 0, true, .tooBrief(minimum: 60)), (59, 0, false, .tooBrief(minimum: 60)),
        (1, 5, true, .tooBrief(minimum: 60)),
        (3_601, 0, true, .bind(seconds: 3_600)), (121, 0, false, .bind(seconds: 120)),
        (.max, 0, true, .bind(seconds: 3_600)), (.max, 0, false, .bind(seconds: 120)),
        (0, 0, true, .remove), (0, 100, false, .remove),
        (600, 5, true, .tooMany(maximum: 5)), (nil, 6, false, .tooMany(maximum: 5)),
    ]

    @Test(arguments: cases)
    func `is decided by what was asked for, what else is, and whether the phone notices a loss`(
        requested: UInt32?,
        others: Int,
        noticesLoss: Bool,
        decision: RegistrationRules.Decision
    ) {
        let decided = RegistrationRules.decide(requested: requested, others: others, noticesLoss: noticesLoss)
        #expect(decided == decision)
    }
}

@Suite("Control intrusion-detection: which digest algorithm a challenge offers")
struct ClientAlgorithmTests {
    static let clients: [(userAgent: String, offer: [DigestStrength])] = [
        ("baresip v1.0.0 (x86_64/linux)", [.md5]),
        ("baresip v0.6.5 (x86_64/linux)", [.md5]),
        ("BareSIP V1.1.0", [.md5]),
        ("baresip v2.0.0 (x86_64/linux)", [.sha256]),
        ("baresip v4.10.0", [.sha256]),
        ("baresip v10.0.0", [.sha256]),
        ("baresip", [.sha256]),
        ("baresip v", [.sha256]),
        ("baresip v99999999999999999999", [.sha256]),
        ("SIP.js/0.21.2", [.md5]),
        ("JsSIP 3.13.8", [.md5]),
        ("PJSUA v2.9 Linux", [.md5]),
        ("PJSUA v2.10 Linux", [.md5]),
        ("PJSUA v2.15.1 Linux", [.sha256, .md5]),
        ("Asterisk PBX 18.5.0", [.md5]),
        ("Asterisk PBX 22.2.0", [.sha256, .md5]),
        ("Asterisk PBX certified/18.9", [.sha256, .md5]),
        ("Twinkle/1.10.2", [.md5]),
        ("FreeSWITCH-mod_sofia/1.10.6-release", [.md5]),
        ("Linphone/5.1.65 (belle-sip/5.1.64)", [.sha256, .md5]),
        ("Yealink SIP-T46G 28.82.0.20", [.sha256, .md5]),
        ("PolycomSoundPointIP-SPIP_650-UA/4.0.1", [.sha256, .md5]),
        ("Cisco/SPA504G-7.5.7", [.sha256, .md5]),
        ("Grandstream GXP2160 1.0.11.6", [.sha256, .md5]),
        ("", [.sha256, .md5]),
        ("my baresip v1.0.0", [.sha256, .md5]),
    ]

    @Test(arguments: clients)
    func `is chosen by the client's own name`(userAgent: String, offer: [DigestStrength]) {
        #expect(ClientAlgorithm.challenges(userAgent: bytes(userAgent), isEncrypted: true) == offer)
    }

    @Test(arguments: clients)
    func `beside SHA-256 MD5 is offered to nobody whose login others could read`(
        userAgent: String,
        offer: [DigestStrength]
    ) {
        let readable = ClientAlgorithm.challenges(userAgent: bytes(userAgent), isEncrypted: false)
        #expect(readable == Array(offer.prefix(1)))
    }

    @Test func `any bytes at all get an answer`() {
        var generator = SystemRandomNumberGenerator()
        for length in 0..<200 {
            let noise = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            _ = ClientAlgorithm.challenges(userAgent: noise[...], isEncrypted: true)
            let named = Array("baresip v".utf8) + noise
            _ = ClientAlgorithm.challenges(userAgent: named[...], isEncrypted: false)
            _ = ScannerSignatures.matches(userAgent: noise[...])
        }
    }
}

@Suite("Control intrusion-detection: scanners that say who they are")
struct ScannerSignaturesTests {
    @Test(arguments: [
        "friendly-scanner", "Friendly-Scanner", "sipcli/v1.8", "sipvicious", "sundayddr", "pplsip", "sipsak 0.9.7",
        "x (friendly-scanner)", "VaxSIPUserAgent/3.1", "Mr.SIP", "iWar",
    ])
    func `are recognised in any spelling and wherever a word begins`(userAgent: String) {
        #expect(ScannerSignatures.matches(userAgent: bytes(userAgent)))
    }

    @Test(arguments: [
        "", "Linphone/5.1.65 (belle-sip/5.1.64)", "baresip v1.0.0 (x86_64/linux)", "PJSUA v2.15.1 Linux",
        "SIP.js/0.21.2",
        "Yealink SIP-T46U 108.86.0.45", "PolycomVVX-VVX_450-UA/6.4.3", "snomD785/10.1.169.16",
        "Grandstream GXP2170 1.0.11.79",
        "Cisco-CP-8851-3PCC/12.0.4", "notsipcli", "sipclient/1.0", "MicroSIP/3.21.3", "Zoiper v2.10", "Asterisk PBX 22",
    ])
    func `are not confused with phones`(userAgent: String) {
        #expect(!ScannerSignatures.matches(userAgent: bytes(userAgent)))
    }

    @Test func `only the front of a name is looked at`() {
        let long = String(repeating: "a ", count: 64) + "friendly-scanner"
        #expect(!ScannerSignatures.matches(userAgent: bytes(long)))
    }
}
