// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP
import Testing

@Suite("RFC 7616 §3.3: nonces")
struct NonceIssuerTests {
    private static let phone = IPAddress(v4: 0xC000_0201)
    private static let other = IPAddress(v4: 0xC000_0202)
    private static let start = WallTime(milliseconds: 1_795_000_000_000)
    private static let key = [UInt8](repeating: 7, count: 32)

    private func issuer(key: [UInt8] = key, realm: String = "pbx.example") -> NonceIssuer {
        NonceIssuer(key: key, realm: realm, lifetime: .seconds(300))
    }

    @Test func `a nonce is valid for its source until its lifetime is over, then stale`() {
        var issuer = issuer()
        let nonce = Array(issuer.issue(to: Self.phone, at: Self.start).text.utf8)
        #expect(issuer.verdict(nonce, from: Self.phone, at: Self.start) == .valid)
        #expect(issuer.verdict(nonce, from: Self.phone, at: Self.start + .seconds(300)) == .valid)
        #expect(issuer.verdict(nonce, from: Self.phone, at: Self.start + .milliseconds(300_001)) == .stale)
    }

    @Test func `from another address it is foreign, even when it is old`() {
        var issuer = issuer()
        let nonce = Array(issuer.issue(to: Self.phone, at: Self.start).text.utf8)
        #expect(issuer.verdict(nonce, from: Self.other, at: Self.start) == .foreign)
        #expect(issuer.verdict(nonce, from: Self.other, at: Self.start + .seconds(3_600)) == .foreign)
        let v6 = IPAddress(high: 0x2001_0DB8_0000_0000, low: Self.phone.low)
        #expect(issuer.verdict(nonce, from: v6, at: Self.start) == .foreign)
    }

    @Test func `one of another key or another realm is foreign`() {
        var issuer = issuer()
        let nonce = Array(issuer.issue(to: Self.phone, at: Self.start).text.utf8)
        let strange = self.issuer(key: Array(Self.key.dropLast() + [8]))
        #expect(strange.verdict(nonce, from: Self.phone, at: Self.start) == .foreign)
        #expect(self.issuer(realm: "other").verdict(nonce, from: Self.phone, at: Self.start) == .foreign)
    }

    @Test func `one from the future is stale: our clock went back, and no password is to blame`() {
        var issuer = issuer()
        let nonce = Array(issuer.issue(to: Self.phone, at: Self.start).text.utf8)
        #expect(issuer.verdict(nonce, from: Self.phone, at: Self.start + .milliseconds(-1)) == .stale)
    }

    @Test func `another issuer with the same key knows it, as after a restart`() {
        var issuer = issuer()
        let nonce = Array(issuer.issue(to: Self.phone, at: Self.start).text.utf8)
        #expect(self.issuer().verdict(nonce, from: Self.phone, at: Self.start) == .valid)
    }

    @Test func `every nonce is new, within one millisecond too, and all have one length of lower-case digits`() {
        var issuer = issuer()
        var seen: Set<String> = []
        for _ in 0..<10_000 {
            let nonce = issuer.issue(to: Self.phone, at: Self.start).text
            seen.insert(nonce)
            #expect(nonce.utf8.count == Nonce.length)
            #expect(nonce.allSatisfy { "0123456789abcdef".contains($0) })
        }
        #expect(seen.count == 10_000)
    }

    @Test func `one with any byte changed, cut, lengthened or in upper case is foreign`() {
        var issuer = issuer()
        let nonce = Array(issuer.issue(to: Self.phone, at: Self.start).text.utf8)
        for index in nonce.indices {
            for byte in UInt8.min...UInt8.max where byte != nonce[index] {
                var forged = nonce
                forged[index] = byte
                #expect(issuer.verdict(forged, from: Self.phone, at: Self.start) == .foreign, "\(index) \(byte)")
            }
        }
        for count in 0..<nonce.count {
            #expect(issuer.verdict(Array(nonce[..<count]), from: Self.phone, at: Self.start) == .foreign)
        }
        let longer = nonce + [UInt8(ascii: "0")]
        #expect(issuer.verdict(longer, from: Self.phone, at: Self.start) == .foreign)
        let upper = Array(issuer.issue(to: Self.phone, at: Self.start).text.uppercased().utf8)
        #expect(issuer.verdict(upper, from: Self.phone, at: Self.start) == .foreign)
    }

    /// Made with Python's `hmac`: key' = HMAC(key, realm), then time ‖ counter ‖ HMAC(key', time ‖ counter ‖ source).
    @Test func `the format is this, byte for byte`() {
        var issuer = issuer()
        let nonce = issuer.issue(to: Self.phone, at: Self.start)
        #expect(nonce.text == "01a1ee565e00000000010970a7df2fce5db0155afe0b051ff44e")
    }

    @Test func `appending writes the same digits as the text`() {
        var issuer = issuer()
        let nonce = issuer.issue(to: Self.phone, at: Self.start)
        var bytes = Array("nonce=".utf8)
        nonce.append(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "nonce=" + nonce.text)
    }
}

extension NonceIssuer {
    /// `#expect` takes no spans.
    fileprivate func verdict(_ nonce: [UInt8], from source: IPAddress, at now: WallTime) -> Verdict {
        check(nonce.span, from: source, at: now)
    }
}
