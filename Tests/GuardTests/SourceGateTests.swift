// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@testable import Guard

@Suite("Control intrusion-detection: how much a source may send")
struct SourceGateTests {
    /// 10 messages a second and 20 at once for a stranger, ten times that for a site, room for eight sources.
    private func makeGate(
        capacity: Int = 8,
        allStrangers: Rate = Rate(perSecond: 10_000, burst: 10_000)
    ) throws -> SourceGate {
        var rates = SourceGate.Rates()
        rates.stranger = Rate(perSecond: 10, burst: 20)
        rates.site = Rate(perSecond: 100, burst: 200)
        rates.allStrangers = allStrangers
        let sites = try [#require(IPPrefix(parsing: "10.1.0.0/16"))]
        return SourceGate(capacity: capacity, sites: sites, rates: rates, seed: (1, 2))
    }

    /// How many of `count` messages are let in at one moment.
    private func admitted(_ gate: inout SourceGate, _ source: IPAddress, of count: Int, at now: MonotonicTime) -> Int {
        (0..<count).count { _ in gate.admit(source, at: now) }
    }

    @Test func `a stranger may send its burst at once and then its rate`() throws {
        var gate = try makeGate()
        let stranger = try ip("203.0.113.9")
        #expect(admitted(&gate, stranger, of: 100, at: at(0)) == 20)
        #expect(admitted(&gate, stranger, of: 100, at: at(1)) == 10)
        #expect(admitted(&gate, stranger, of: 100, at: at(1.1)) == 1)
        #expect(admitted(&gate, stranger, of: 100, at: at(1_000)) == 20)
    }

    @Test func `what is refused costs nothing, so hammering does not lengthen the wait`() throws {
        var gate = try makeGate()
        let stranger = try ip("203.0.113.9")
        #expect(admitted(&gate, stranger, of: 10_000, at: at(0)) == 20)
        #expect(admitted(&gate, stranger, of: 1, at: at(0.1)) == 1)
    }

    @Test func `one source does not use up what another may send`() throws {
        var gate = try makeGate()
        #expect(admitted(&gate, try ip("203.0.113.9"), of: 100, at: at(0)) == 20)
        #expect(admitted(&gate, try ip("203.0.113.10"), of: 100, at: at(0)) == 20)
    }

    @Test func `all addresses of an IPv6 network of 64 bits are one source`() throws {
        var gate = try makeGate()
        #expect(admitted(&gate, try ip("2001:db8:0:1::1"), of: 15, at: at(0)) == 15)
        #expect(admitted(&gate, try ip("2001:db8:0:1:ffff::2"), of: 15, at: at(0)) == 5)
        #expect(admitted(&gate, try ip("2001:db8:0:2::1"), of: 15, at: at(0)) == 15)
    }

    @Test func `an IPv4 address written as IPv6 is the same source`() throws {
        var gate = try makeGate()
        #expect(admitted(&gate, try ip("203.0.113.9"), of: 15, at: at(0)) == 15)
        #expect(admitted(&gate, try ip("::ffff:203.0.113.9"), of: 15, at: at(0)) == 5)
    }

    @Test func `a site may send more, also while strangers use up theirs`() throws {
        var gate = try makeGate(capacity: 1_024, allStrangers: Rate(perSecond: 10, burst: 30))
        let strangers = try (1...20).map { try ip("203.0.113.\($0)") }
        let letIn = strangers.reduce(0) { $0 + admitted(&gate, $1, of: 20, at: at(0)) }
        #expect(letIn == 30)
        #expect(admitted(&gate, try ip("10.1.2.3"), of: 1_000, at: at(0)) == 200)
    }

    @Test func `what the strangers' common budget refuses is not taken from the source`() throws {
        var gate = try makeGate(allStrangers: Rate(perSecond: 1_000, burst: 5))
        let stranger = try ip("203.0.113.9")
        #expect(admitted(&gate, stranger, of: 100, at: at(0)) == 5)
        #expect(admitted(&gate, stranger, of: 5, at: at(0.005)) == 5)
    }

    @Test func `a flood of made-up sources never gives a source in debt a new bucket`() throws {
        var gate = try makeGate(capacity: 8)
        let guesser = try ip("203.0.113.9")
        #expect(admitted(&gate, guesser, of: 20, at: at(0)) == 20)
        for index in 0..<10_000 {
            _ = gate.admit(IPAddress(v4: 0xC600_0000 + UInt32(index)), at: at(0.05))
        }
        #expect(admitted(&gate, guesser, of: 20, at: at(0.05)) == 0)
    }

    @Test func `sources without room share one bucket, and get their own when there is room again`() throws {
        var gate = try makeGate(capacity: 8)
        for index in 1...8 { #expect(admitted(&gate, try ip("198.51.100.\(index)"), of: 20, at: at(0)) == 20) }
        let late = try [ip("203.0.113.1"), ip("203.0.113.2")]
        #expect(admitted(&gate, late[0], of: 15, at: at(0)) == 15)
        #expect(admitted(&gate, late[1], of: 15, at: at(0)) == 5)
        #expect(admitted(&gate, late[0], of: 20, at: at(10)) == 20)
        #expect(admitted(&gate, late[1], of: 20, at: at(10)) == 20)
    }

    @Test func `a failed login costs far more than a message`() throws {
        var gate = try makeGate()
        let guesser = try ip("203.0.113.9")
        var guesses = 0
        for tenth in 0..<600 where gate.admit(guesser, at: at(Double(tenth) / 10)) {
            guesses += 1
            gate.charge(guesser, cost: .failedLogin, at: at(Double(tenth) / 10))
        }
        // 60 seconds at 10 tokens and 20 at once, 26 tokens a guess.
        #expect(guesses <= (600 + 20) / 26 + 2)
        #expect(guesses >= 10)
    }

    @Test func `debt ends: nobody waits much longer than a minute`() throws {
        var gate = try makeGate()
        let guesser = try ip("203.0.113.9")
        for _ in 0..<1_000 { gate.charge(guesser, cost: .failedLogin, at: at(0)) }
        #expect(admitted(&gate, guesser, of: 1, at: at(59)) == 0)
        #expect(admitted(&gate, guesser, of: 1, at: at(62)) == 1)
    }

    @Test func `nothing a clock or a cost can say makes it trap`() throws {
        var gate = try makeGate()
        let (source, end) = (try ip("203.0.113.9"), MonotonicTime(nanoseconds: .max))
        #expect(admitted(&gate, source, of: 1, at: end) == 1)
        gate.charge(source, cost: .init(messages: .max), at: end)
        _ = gate.admit(source, cost: .init(messages: .max), at: at(0))
        _ = gate.admit(source, at: at(0))
    }
}

@Suite("SipHash-2-4")
struct SipHashTests {
    @Test func `agrees with its authors' vector for sixteen bytes`() {
        // Aumasson and Bernstein's reference: key 00…0f, input 00…0f.
        let hash = SipHash(key: (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908))
        #expect(hash.hash(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908) == 0x3f2a_cc7f_57c2_9bdb)
    }
}
