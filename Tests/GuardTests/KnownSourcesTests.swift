// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import TestKit
import Testing

@Suite("Control flood-protection: where phones have registered from")
struct KnownSourcesTests {
    private let now = MonotonicTime(nanoseconds: 1_000_000_000)

    /// The same for the same number.
    private func phone(_ number: UInt64) -> DeviceID {
        var generator = SplitMix(number)
        return .generate(using: &generator)
    }

    @Test func `an address is known for three days after its last credential, and a /64 is one address`() throws {
        var known = KnownSources(capacity: 4)
        known.authenticated(try ip("2001:db8::1"), by: phone(1), at: now)
        #expect(known.contains(try ip("2001:db8::2"), at: now + .seconds(72 * 3_600 - 1)))
        #expect(!known.contains(try ip("2001:db8::1"), at: now + .seconds(72 * 3_600)))
        #expect(!known.contains(try ip("2001:db8:0:1::1"), at: now))
    }

    /// Also on a machine whose clock began at 0 a moment ago, and on one whose calendar was set back.
    @Test func `what was known in an earlier run is known for as long as it would have been`() throws {
        let (today, early) = (WallTime(milliseconds: 1_800_000_000_000), MonotonicTime(nanoseconds: 5))
        let device = try #require(DeviceID(parsing: "0123456789abcdef"))
        let logins = try [("192.0.2.1", -73), ("192.0.2.2", -71), ("192.0.2.3", 5)].map { address, hours in
            let at = WallTime(milliseconds: today.milliseconds + Int64(hours) * 3_600_000)
            return PhoneLogin(device: device, source: try ip(address), client: [], instance: nil, at: at)
        }
        let known = KnownSources(recalling: logins, at: early, on: today)
        let sources = try logins.map { try ip($0.source.description) }
        #expect(sources.map { known.contains($0, at: early) } == [false, true, true])
        #expect(sources.map { known.contains($0, at: early + .seconds(3_600)) } == [false, false, true])
        #expect(!known.contains(sources[2], at: early + .seconds(72 * 3_600)))
    }

    @Test func `the oldest go first when there are too many`() throws {
        var known = KnownSources(capacity: 4)
        for host in 1...100 {
            known.authenticated(try ip("192.0.2.\(host)"), by: phone(UInt64(host)), at: now + .seconds(Int64(host)))
        }
        let left = try (1...100).filter { known.contains(try ip("192.0.2.\($0)"), at: now + .seconds(100)) }
        #expect(left.contains(100))
        #expect((1...4).contains(left.count))
        #expect(left.allSatisfy { $0 > 95 })
    }

    @Test func `who stays connected is known from the last credential on, give or take an hour`() throws {
        var known = KnownSources(capacity: 4)
        let home = try ip("192.0.2.1")
        for hour in 0...200 { known.authenticated(home, by: phone(1), at: now + .seconds(hour * 3_600)) }
        #expect(known.contains(home, at: now + .seconds((200 + 71) * 3_600 - 1)))
        #expect(!known.contains(home, at: now + .seconds((200 + 72) * 3_600)))
    }

    @Test func `one login that logs in from everywhere pushes nobody else out, and loses its own oldest`() throws {
        var known = KnownSources(capacity: 64)
        let (home, shared) = (try ip("203.0.113.9"), try ip("2001:db8:0:1::1"))
        known.authenticated(home, by: phone(1), at: now)
        known.authenticated(shared, by: phone(2), at: now)
        known.authenticated(shared, by: phone(1), at: now)
        for net in 2...1_000 {
            known.authenticated(try ip("2001:db8:0:\(String(net, radix: 16))::1"), by: phone(2), at: now + .seconds(1))
        }
        #expect(known.contains(home, at: now + .seconds(2)) && known.contains(shared, at: now + .seconds(2)))
        let left = try (2...1_000).filter { known.contains(try ip("2001:db8:0:\(String($0, radix: 16))::1"), at: now) }
        #expect(left == Array(1_000 - Limits.sourcesOfLogin + 1...1_000))
    }

    @Test
    func `phones come back where a neighbour has used up what strangers may send, and a guesser there stays slow`()
        throws
    {
        let (home, other) = (try ip("203.0.113.9"), try ip("203.0.113.10"))
        var (known, gate) = (KnownSources(), SourceGate(seed: (1, 2)))
        known.authenticated(home, by: phone(1), at: now)
        gate.charge(home, cost: .withheldBan, at: now)
        let asStranger = gate.admit(home, cost: .connection, at: now)
        let asKnown = [home, other].map { known.letsBack($0, cost: .connection, at: now) }
        #expect(!asStranger && asKnown == [true, false])

        // A connection, two messages, a wrong password, again and again for a minute.
        var guesses = 0
        for tick in 0..<6_000 {
            let moment = now + .milliseconds(Int64(tick) * 10)
            guard known.letsBack(home, cost: .connection, at: moment) else { continue }
            guard known.letsBack(home, cost: .message, at: moment), known.letsBack(home, cost: .message, at: moment)
            else {
                continue
            }
            known.charge(home, cost: .failedLogin, at: moment)
            guesses += 1
        }
        #expect((130...(135 + 60 * 3)).contains(guesses))
        // The debt is one guess, however many there were.
        for _ in 0..<1_000 { known.charge(home, cost: .failedLogin, at: now + .seconds(60)) }
        let later = [60_000, 60_400].map { known.letsBack(home, cost: .connection, at: now + .milliseconds($0)) }
        #expect(later == [false, true])
        let afterAWhile = gate.admit(home, cost: .connection, at: now + .seconds(70))
        #expect(afterAWhile)
    }

    @Test func `all known addresses together have a bound`() throws {
        var known = KnownSources(rate: Rate(perSecond: 10, burst: 100), all: Rate(perSecond: 10, burst: 250))
        let homes = try (1...10).map { try ip("203.0.113.\($0)") }
        for home in homes { known.authenticated(home, by: phone(1), at: now) }
        let letIn = homes.map { home in (0..<200).count { _ in known.letsBack(home, cost: .message, at: now) } }
        #expect(letIn.reduce(0, +) == 250)
        #expect(letIn.first == 100)
    }

    @Test func `a known address may hold more connections than a stranger's, and fewer than a site`() throws {
        var gate = ConnectionGate()
        let home = try ip("203.0.113.9")
        let held = (1...1_000).count { _ in gate.admit(home, as: .known) == .admitted }
        #expect(held == ConnectionGate.Caps().perKnown)
        #expect((ConnectionGate.Caps().perStranger..<ConnectionGate.Caps().perSite).contains(held))
    }
}
