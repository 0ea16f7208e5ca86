// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import TestKit
import Testing

@testable import Server

@Suite("Control intrusion-detection: the time a connection has")
struct StandingTests {
    private static func at(_ seconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }

    @Test func `five seconds for the handshake, five more for the first message`() {
        var standing = Standing(opened: Self.at(10), isSecured: false)
        #expect(standing.deadline() == Self.at(15))
        standing.secured(at: Self.at(13))
        #expect(standing.deadline() == Self.at(18))
    }

    @Test func `without TLS the first message is due at once`() {
        #expect(Standing(opened: Self.at(0), isSecured: true).deadline() == Self.at(5))
    }

    @Test func `a stranger has thirty seconds between messages, and two minutes in all`() {
        var standing = Standing(opened: Self.at(0), isSecured: true)
        standing.spoke(at: Self.at(2))
        #expect(standing.deadline() == Self.at(32))
        for second in stride(from: UInt64(20), through: 110, by: 20) { standing.spoke(at: Self.at(second)) }
        #expect(standing.deadline() == Self.at(120))
    }

    @Test func `a stranger's time shrinks as their places are taken, where nobody is expected`() {
        var (stranger, guest) = (
            Standing(opened: Self.at(0), isSecured: true),
            Standing(opened: Self.at(0), isSecured: true, isExpected: true)
        )
        stranger.spoke(at: Self.at(2))
        guest.spoke(at: Self.at(2))
        #expect(stranger.deadline(haste: 2) == Self.at(17))
        for second in stride(from: UInt64(8), through: 26, by: 6) { stranger.spoke(at: Self.at(second)) }
        #expect(stranger.deadline(haste: 4) == Self.at(30))
        #expect(guest.deadline(haste: 4) == Self.at(32))
    }

    @Test func `a stranger's keep-alives buy no time`() {
        var standing = Standing(opened: Self.at(0), isSecured: true)
        standing.kept(at: Self.at(4))
        #expect(standing.deadline() == Self.at(5))
        standing.spoke(at: Self.at(4))
        standing.kept(at: Self.at(30))
        #expect(standing.deadline() == Self.at(34))
    }

    @Test func `where phones are expected from, there is time for a thousand to come at once`() {
        var standing = Standing(opened: Self.at(10), isSecured: false, isExpected: true)
        #expect(standing.deadline() == Self.at(25))
        standing.secured(at: Self.at(20))
        #expect(standing.deadline() == Self.at(35))
    }

    @Test func `D03 a later message has ten seconds from its first byte to its last, however many come between`() {
        var standing = Standing(opened: Self.at(0), isSecured: true)
        standing.spoke(at: Self.at(1))
        standing.began(at: Self.at(3))
        standing.began(at: Self.at(9))
        #expect(standing.deadline() == Self.at(13))
        standing.spoke(at: Self.at(12))
        #expect(standing.deadline() == Self.at(42))
    }

    @Test func `a phone stays for as long as it keeps registering`() {
        var standing = Standing(opened: Self.at(0), isSecured: true)
        standing.authenticated(at: Self.at(1))
        #expect(standing.deadline() == Self.at(7_201))
        standing.kept(at: Self.at(7_000))
        #expect(standing.deadline() == Self.at(14_200))
    }
}

@Suite("Control flood-protection: the clock that peers are measured with")
struct PatienceTests {
    private static func at(_ milliseconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: milliseconds * 1_000_000)
    }

    @Test func `runs as any other while the loop keeps up`() {
        var patience = Patience()
        patience.begin(at: Self.at(1_000))
        for beat in stride(from: UInt64(1_100), to: 3_000, by: 103) {
            #expect(patience.beat == Self.at(beat))
            patience.look(at: Self.at(beat + 3), goesOn: true)
            #expect(patience.served(Self.at(beat)) == Self.at(beat))
        }
    }

    @Test func `stands still while the loop is behind, so nobody's time runs out in the meantime`() {
        var patience = Patience()
        patience.begin(at: Self.at(0))
        let deadline = patience.served(Self.at(0)) + .seconds(5)
        patience.look(at: Self.at(4_100), goesOn: true)
        #expect(patience.served(Self.at(4_100)) == Self.at(100))
        #expect(patience.moment(deadline) == Self.at(9_000))
        patience.look(at: Self.at(8_200), goesOn: true)
        #expect(patience.moment(deadline) == Self.at(13_000))
    }

    @Test func `is not looked at when there is nobody to be measured`() {
        var patience = Patience()
        #expect(patience.beat == nil)
        patience.begin(at: Self.at(0))
        patience.look(at: Self.at(100), goesOn: false)
        #expect(patience.beat == nil)
        patience.look(at: Self.at(9_000), goesOn: true)
        #expect(patience.served(Self.at(9_000)) == Self.at(9_000))
    }
}

@Suite("Control flood-protection: the budget of a login")
struct MessageBudgetTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)

    @Test func `four hundred at once, then twenty a second`() {
        var budget = MessageBudget.login
        #expect(Self.messages(within: &budget, at: start) == 400)
        #expect(Self.messages(within: &budget, at: start + .seconds(1)) == 20)
        #expect(Self.messages(within: &budget, at: start + .seconds(1) + Limits.phonePause) == 5)
        #expect(Self.messages(within: &budget, at: start + .seconds(60)) == 400)
    }

    @Test func `256 KiB at once, then 64 a second, and what is owed is waited for`() {
        var budget = MessageBudget.login
        var bytes = 0
        while budget.spend(2_048, at: start) == nil { bytes += 2_048 }
        #expect((255 << 10...257 << 10).contains(bytes))
        let end = budget.spend(64 << 10, at: start)
        #expect((0.9...1.2).contains(((end ?? start) - start) / .seconds(1)))
        #expect(budget.spend(1, at: start + .milliseconds(500)) != nil)
        #expect(budget.spend(1, at: start + .milliseconds(1_100)) == nil)
        #expect(!budget.isFull(at: start + .seconds(4)) && budget.isFull(at: start + .seconds(7)))
    }

    @Test func `E-M1 the logins of one business together leave three quarters of the loop to others`() {
        var business = MessageBudget.business
        var logins = Array(repeating: MessageBudget.login, count: 1_000)
        var heard = 0
        // Each says all that it may; what the business has spent is waited for.
        for second in 0..<60 {
            let now = start + .seconds(second)
            for index in logins.indices {
                while true {
                    let waits = logins[index].spend(600, at: now) != nil
                    heard += 1
                    if business.spend(600, at: now) != nil || waits { break }
                }
            }
        }
        #expect(heard <= Limits.businessBurst + 60 * (Limits.businessRate + 1_000))
    }

    @Test func `nobody waits for longer than ten seconds`() {
        var budget = MessageBudget.login
        let end = budget.spend(1 << 30, at: start)
        #expect(end.map { $0 - start } == Limits.longestPause)
    }

    @Test func `connections of one login share it, and who comes back has spent it`() throws {
        var budgets = LoginBudgets()
        var words = SplitMix()
        let (thief, other) = (
            LoginBudgets.Login.phone(.generate(using: &words)), LoginBudgets.Login.phone(.generate(using: &words))
        )
        let (first, second) = (budgets.enter(thief, at: start), budgets.enter(thief, at: start))
        for _ in 0..<400 { _ = first.budget.spend(0, at: start) }
        #expect(second.budget.spend(0, at: start) != nil)
        for budget in [first, second] { budgets.leave(budget) }
        #expect(budgets.enter(thief, at: start).budget.spend(0, at: start) != nil)
        #expect(budgets.enter(other, at: start).budget.spend(0, at: start) == nil)
        // Who is gone and has everything again is forgotten.
        for _ in 0..<10_000 {
            let budget = budgets.enter(.phone(.generate(using: &words)), at: start)
            budgets.leave(budget)
        }
        #expect(budgets.count <= 2 * Limits.fewBudgets + 2)
    }

    @Test func `pauses are told once a second, and each is counted`() {
        let login = LoginBudget()
        #expect(login.pausesToTell(at: start) == 1)
        for pause in 1...3 { #expect(login.pausesToTell(at: start + .milliseconds(250 * pause)) == nil) }
        #expect(login.pausesToTell(at: start + .seconds(1)) == 4)
    }

    private static func messages(within budget: inout MessageBudget, at now: MonotonicTime) -> Int {
        var count = 1
        while budget.spend(0, at: now) == nil { count += 1 }
        return count
    }
}
