// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import SIP
import Testing

@testable import Server

/// Row K06: whatever must not be guessed comes from the system's own source.
@Suite("Control intrusion-detection: randomness")
struct RandomnessTests {
    @Test func `K06 a million words of the source are all different and look like noise`() {
        let entropy = SystemEntropy.make()
        let count = 1_000_000
        var words = (0..<count).map { _ in entropy.next() }
        let ones = words.reduce(0) { $0 + $1.nonzeroBitCount }
        // 64 million bits: a standard deviation of 4,000. Six of them are passed once in 500 million runs.
        #expect(abs(ones - 32 * count) < 24_000)
        var counts = [Int](repeating: 0, count: 256)
        for word in words {
            for shift in stride(from: UInt64(0), to: 64, by: 8) { counts[Int(word >> shift & 255)] += 1 }
        }
        let expected = Double(8 * count) / 256
        let chiSquare = counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        // 255 degrees of freedom: mean 255, standard deviation 22.6. Both ends are beyond six of them.
        #expect((125...400).contains(chiSquare), "\(chiSquare)")
        words.sort()
        #expect(!zip(words, words.dropFirst()).contains { $0 == $1 })
    }

    @Test func `K06 nonces, tags, tokens and SRTP keys never come twice`() throws {
        var entropy = SystemEntropy.make()
        let source = try #require(IPAddress(parsing: "192.0.2.7"))
        var issuer = NonceIssuer(key: entropy.bytes(32), realm: "pbx.test", lifetime: .seconds(60))
        let noon = WallTime(milliseconds: 1_800_000_000_000)
        let count = 20_000
        // All at one moment, which is the worst that a clock can do.
        let nonces = (0..<count).map { _ in issuer.issue(to: source, at: noon).text }
        #expect(Set(nonces).count == count)
        #expect(Set((0..<count).map { _ in entropy.tag() }).count == count)
        #expect(Set((0..<count).map { _ in entropy.token() }).count == count)
        let keys = (0..<count).map { _ in
            SRTPKey.generate(.aes256gcm, using: &entropy).material.reveal { Array($0) }
        }
        #expect(Set(keys).count == count)
        #expect(Set(keys.map { $0.prefix(8) }).count == count)
    }

    @Test func `K06 two servers with one clock make different nonces`() throws {
        let source = try #require(IPAddress(parsing: "192.0.2.7"))
        let noon = WallTime(milliseconds: 1_800_000_000_000)
        let nonces = (0..<2).map { _ in
            var issuer = NonceIssuer(key: SystemEntropy.make().bytes(32), realm: "pbx.test", lifetime: .seconds(60))
            return issuer.issue(to: source, at: noon).text
        }
        #expect(nonces[0] != nonces[1])
    }
}
