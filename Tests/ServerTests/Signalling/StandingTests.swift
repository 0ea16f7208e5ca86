// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@testable import Server

@Suite("Control intrusion-detection: the time a connection has")
struct StandingTests {
    private static func at(_ seconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }

    @Test func `five seconds for the handshake, five more for the first message`() {
        var standing = Standing(opened: Self.at(10), isSecured: false)
        #expect(standing.deadline == Self.at(15))
        standing.secured(at: Self.at(13))
        #expect(standing.deadline == Self.at(18))
    }

    @Test func `without TLS the first message is due at once`() {
        #expect(Standing(opened: Self.at(0), isSecured: true).deadline == Self.at(5))
    }

    @Test func `a stranger has thirty seconds between messages, and two minutes in all`() {
        var standing = Standing(opened: Self.at(0), isSecured: true)
        standing.spoke(at: Self.at(2))
        #expect(standing.deadline == Self.at(32))
        for second in stride(from: UInt64(20), through: 110, by: 20) { standing.spoke(at: Self.at(second)) }
        #expect(standing.deadline == Self.at(120))
    }

    @Test func `a stranger's keep-alives buy no time`() {
        var standing = Standing(opened: Self.at(0), isSecured: true)
        standing.kept(at: Self.at(4))
        #expect(standing.deadline == Self.at(5))
        standing.spoke(at: Self.at(4))
        standing.kept(at: Self.at(30))
        #expect(standing.deadline == Self.at(34))
    }

    @Test func `a phone stays for as long as it keeps registering`() {
        var standing = Standing(opened: Self.at(0), isSecured: true)
        standing.authenticated(at: Self.at(1))
        #expect(standing.deadline == Self.at(7_201))
        standing.kept(at: Self.at(7_000))
        #expect(standing.deadline == Self.at(14_200))
    }
}

@Suite("Control intrusion-detection: the budget of an authenticated connection")
struct MessageBudgetTests {
    @Test func `four hundred at once, then two hundred a second`() {
        var budget = MessageBudget()
        let start = MonotonicTime(nanoseconds: 1_000_000_000)
        var admitted = 0
        for _ in 0..<1_000 where budget.spend(at: start) { admitted += 1 }
        #expect(admitted == 400)
        admitted = 0
        for _ in 0..<1_000 where budget.spend(at: start + .seconds(1)) { admitted += 1 }
        #expect(admitted == 200)
    }
}
