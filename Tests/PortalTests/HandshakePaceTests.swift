// SPDX-License-Identifier: Apache-2.0

import Guard
import Primitives
import Testing

@testable import Portal

@Suite("Handshakes of strangers with the portal")
struct HandshakePaceTests {
    private func address(_ number: UInt32) -> IPAddress { IPAddress(v4: 0x0A00_0000 + number) }
    private let second: UInt64 = 1_000_000_000

    @Test func `so many at once, then a few each second, and no other source is slowed by it`() {
        let pace = HandshakePace()
        let admitted = (0..<1_000).count { _ in pace.admits(address(1), at: second) }
        #expect(admitted == Int(Limits.handshakes.burst))
        #expect(pace.admits(address(2), at: second))
        let later = (0..<1_000).count { _ in pace.admits(address(1), at: 3 * second) }
        #expect(later == 2 * Int(Limits.handshakes.perSecond))
    }

    @Test func `the addresses of one IPv6 network count together`() throws {
        let pace = HandshakePace()
        let admitted = (0..<1_000).count { number in
            IPAddress(parsing: "2001:db8::\(number)").map { pace.admits($0, at: second) } ?? false
        }
        #expect(admitted == Int(Limits.handshakes.burst))
    }

    @Test func `where somebody is signed in nothing is counted`() {
        let pace = HandshakePace()
        for _ in 0..<1_000 { _ = pace.admits(address(1), at: second) }
        pace.forget(address(1))
        #expect(pace.admits(address(1), at: second))
    }

    @Test func `more sources than are counted take no more memory, and share what one has`() {
        let pace = HandshakePace()
        let most = UInt32(Limits.pacedSources)
        for number in 0..<most { #expect(pace.admits(address(number), at: second)) }
        let beyond = (most..<most + 1_000).count { pace.admits(address($0), at: second) }
        #expect(pace.count == Limits.pacedSources && beyond == Int(Limits.handshakes.burst))
        #expect(pace.admits(address(most + 5_000), at: 100 * second), "those of before are forgotten in time")
        #expect(pace.count == 1)
    }
}
