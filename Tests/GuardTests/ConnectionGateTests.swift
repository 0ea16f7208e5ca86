// SPDX-License-Identifier: Apache-2.0

import Guard
import Primitives
import Testing

@Suite("Control intrusion-detection: how many connections strangers may hold")
struct ConnectionGateTests {
    /// 2 connections a stranger, 3 a known source, 4 a site, 12 in all: 4 kept for the authenticated and 4 for sites, of which
    /// known sources may take 2.
    private func makeGate() throws -> Gate {
        var caps = ConnectionGate.Caps()
        (caps.perStranger, caps.perSite, caps.authenticatedPerSource) = (2, 4, 3)
        (caps.total, caps.reservedForAuthenticated, caps.reservedForSites) = (12, 4, 4)
        (caps.perKnown, caps.reservedForKnown) = (3, 2)
        return Gate(ConnectionGate(sites: [try #require(IPPrefix(parsing: "10.1.0.0/16"))], caps: caps))
    }

    @Test func `a source has a share, and an IPv6 network of 64 bits is one source`() throws {
        let gate = try makeGate()
        #expect(gate.admit(try ip("2001:db8::1")))
        #expect(gate.admit(try ip("2001:db8::2")))
        #expect(!gate.admit(try ip("2001:db8::3")))
        #expect(gate.admit(try ip("2001:db8:0:1::1")))
    }

    @Test func `strangers from everywhere leave room for sites, and both for the authenticated`() throws {
        let gate = try makeGate()
        let strangers = try (1...20).count { gate.admit(try ip("203.0.113.\($0)")) }
        #expect(strangers == 4)
        let site = try (1...20).count { gate.admit(try ip("10.1.0.\($0)")) }
        #expect(site == 4)
        #expect(gate.unauthenticated == 8)
    }

    @Test func `strangers from everywhere leave room for where phones logged in of late, and those for sites`() throws {
        let gate = try makeGate()
        for host in 1...4 { #expect(gate.admit(try ip("203.0.113.\(host)"))) }
        #expect(gate.answer(try ip("203.0.113.5"), .anywhere) == .crowded)
        let known = try (1...20).map { gate.answer(try ip("198.51.100.\($0)"), .known) }
        #expect(known.count { $0 == .admitted } == 2)
        #expect(known.last == .crowded)
        let site = try (1...20).count { gate.admit(try ip("10.1.0.\($0)")) }
        #expect(site == 2)
        #expect((gate.outsiders, gate.unauthenticated) == (4, 8))
    }

    @Test func `a known source that has its share gives a place up for the next, a stranger is refused`() throws {
        let gate = try makeGate()
        let (home, stranger) = (try ip("198.51.100.7"), try ip("203.0.113.9"))
        #expect((1...4).map { _ in gate.answer(home, .known) } == [.admitted, .admitted, .admitted, .crowdedSource])
        gate.closed(home, .known, wasAuthenticated: false)
        #expect(gate.answer(home, .known) == .admitted)
        gate.closed(home, .known, wasAuthenticated: false)
        gate.closed(home, .known, wasAuthenticated: false)
        #expect((1...3).map { _ in gate.answer(stranger, .anywhere) } == [.admitted, .admitted, .refused])
    }

    @Test func `nobody fills the places of strangers with the many networks of one IPv6 line`() throws {
        var caps = ConnectionGate.Caps()
        caps.perStranger = 2
        var gate = ConnectionGate(caps: caps)
        let held = { (networks: [String]) in
            try networks.count { gate.admit(try ip("2001:db8:\($0)::1")) == .admitted }
        }
        // A /56 has twice the share of a /64, a /48 eight times.
        #expect(try held((0..<256).map { "1:\(String($0, radix: 16))" }) == 4)
        #expect(try held((0..<256).map { "1:\(String($0, radix: 16))00" }) == 12)
        #expect(try held((0..<256).map { "2:\(String($0, radix: 16))" }) == 4)
        #expect(gate.outsiders == 20)
        for network in 0..<256 {
            gate.closed(try ip("2001:db8:1:\(String(network, radix: 16))::1"), wasAuthenticated: false)
        }
        #expect(try held((0..<256).map { "1:\(String($0, radix: 16))" }) == 4)
    }

    @Test func `who authenticates frees a stranger's place`() throws {
        let gate = try makeGate()
        let home = try ip("203.0.113.9")
        #expect([gate.admit(home), gate.admit(home), gate.admit(home)] == [true, true, false])
        #expect(gate.authenticated(home))
        #expect(gate.admit(home))
        #expect((gate.unauthenticated, gate.authenticated) == (2, 1))
    }

    @Test func `one account cannot take every place`() throws {
        let gate = try makeGate()
        let home = try ip("203.0.113.9")
        let lifted = (1...5).map { _ in gate.admit(home) && gate.authenticated(home) }
        #expect(lifted == [true, true, true, false, false])
        #expect((gate.unauthenticated, gate.authenticated) == (2, 3))
    }

    @Test func `when all places are taken nobody comes in`() throws {
        let gate = try makeGate()
        for index in 1...12 {
            let source = try ip("203.0.113.\(index)")
            #expect(gate.admit(source) && gate.authenticated(source))
        }
        #expect(!gate.admit(try ip("10.1.0.1")))
        gate.closed(try ip("203.0.113.1"), wasAuthenticated: true)
        #expect(gate.admit(try ip("10.1.0.1")))
    }

    @Test func `everything that closes is forgotten`() throws {
        let gate = try makeGate()
        let (home, other) = (try ip("203.0.113.9"), try ip("203.0.113.10"))
        for _ in 0..<1_000 {
            #expect(gate.admit(home))
            #expect(gate.authenticated(home))
            gate.closed(home, wasAuthenticated: true)
            #expect(gate.admit(other))
            gate.closed(other, wasAuthenticated: false)
        }
        #expect((gate.unauthenticated, gate.authenticated) == (0, 0))
    }

    @Test func `closing what was never there counts nothing`() throws {
        let gate = try makeGate()
        gate.closed(try ip("203.0.113.9"), wasAuthenticated: true)
        gate.closed(try ip("203.0.113.9"), wasAuthenticated: false)
        #expect(!gate.authenticated(try ip("203.0.113.9")))
        #expect((gate.unauthenticated, gate.authenticated) == (0, 0))
    }
}

/// A gate that can be asked inside an expectation.
private final class Gate {
    private var gate: ConnectionGate

    init(_ gate: ConnectionGate) { self.gate = gate }

    var unauthenticated: Int { gate.unauthenticated }
    var authenticated: Int { gate.authenticated }
    var outsiders: Int { gate.outsiders }

    func answer(_ source: IPAddress, _ origin: ConnectionGate.Origin) -> ConnectionGate.Answer {
        gate.admit(source, as: origin)
    }
    func admit(_ source: IPAddress) -> Bool { admit(source, gate.origin(of: source, isKnown: false)) }
    func admit(_ source: IPAddress, _ origin: ConnectionGate.Origin) -> Bool { answer(source, origin) == .admitted }
    func authenticated(_ source: IPAddress) -> Bool { gate.authenticated(source) }
    func closed(_ source: IPAddress, _ origin: ConnectionGate.Origin = .anywhere, wasAuthenticated: Bool) {
        gate.closed(source, origin, wasAuthenticated: wasAuthenticated)
    }
}
