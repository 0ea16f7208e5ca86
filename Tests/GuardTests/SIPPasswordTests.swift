// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Primitives
import Testing

@Suite("Control sip-passwords")
struct SIPPasswordTests {
    private func passwords(_ count: Int) -> [String] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in
            let password = SIPPassword.generate(using: &generator)
            return password.text.reveal { copy $0 }
        }
    }

    @Test func `a generated password has 24 characters that nobody misreads`() {
        for text in passwords(100) {
            #expect(text.count == 24)
            #expect(text.allSatisfy(SIPPassword.alphabet.contains))
            #expect(!text.contains { "0O1Il".contains($0) })
        }
    }

    @Test func `C14 a password carries at least the bits it claims, and more than 128`() {
        #expect(Set(SIPPassword.alphabet).count == SIPPassword.alphabet.count)
        let bits = Double(SIPPassword.length) * log2(Double(SIPPassword.alphabet.count))
        #expect(bits >= Double(SIPPassword.bits))
        #expect(SIPPassword.bits >= 128)
    }

    @Test func `no two passwords are the same`() {
        #expect(Set(passwords(10_000)).count == 10_000)
    }

    @Test func `every character comes up about as often as every other`() {
        var counts: [Character: Int] = [:]
        for text in passwords(10_000) { for character in text { counts[character, default: 0] += 1 } }
        // 240,000 draws of 57: 4,210 each, standard deviation 64. Eight of those is never.
        #expect(counts.count == SIPPassword.alphabet.count)
        #expect(counts.values.allSatisfy { abs($0 - 4_210) < 520 })
    }

    @Test func `a password never shows in a log, an error or a dump`() {
        var generator = SystemRandomNumberGenerator()
        let password = SIPPassword.generate(using: &generator)
        let secret = password.text.reveal { copy $0 }
        var dumped = ""
        dump(password, to: &dumped)
        for shown in ["\(password)", String(reflecting: password), dumped] {
            #expect(!shown.contains(secret))
        }
    }
}
