// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("ringfence listener")
struct ListenerTests {
    private func request(
        _ address: String = "192.0.2.1:5060",
        days: Int = 30,
        reason: String = "door station"
    ) -> ExceptListener {
        ExceptListener(transport: .udp, address: address, reason: reason, days: days)
    }

    @Test func `except opens one address for a while, with a reason, in the journal and in people's ears`() async throws
    {
        let office = try Office()
        let expected = ListenerException(
            transport: .udp,
            address: "192.0.2.1:5060",
            reason: "door station",
            until: noon + .seconds(30 * 86_400)
        )
        #expect(try await office.run(request()) == expected)
        #expect(office.store.snapshot.exceptions == [expected])
        #expect(office.engine.generations == [1])
        #expect(try office.journal().last?.action == "listener.except")
        #expect(
            office.notes.texts == [
                "SIP over UDP on 192.0.2.1:5060 opened without encryption until \(expected.until) by root (uid 0)"
            ]
        )
    }

    @Test func `a second one for the same address replaces the first, in any spelling`() async throws {
        let office = try Office()
        try await office.run(request())
        try await office.run(request("[::ffff:192.0.2.1]:5060", days: 1))
        #expect(office.store.snapshot.exceptions.map(\.until) == [noon + .seconds(86_400)])
    }

    @Test func `withdraw takes it back`() async throws {
        let office = try Office()
        try await office.run(request())
        try await office.run(WithdrawListener(.udp, address: "192.0.2.1:5060"))
        #expect(office.store.snapshot.exceptions.isEmpty)
        #expect(try office.journal().last?.action == "listener.withdraw")
    }

    @Test func `list has what is open and what was allowed and is not open`() async throws {
        let office = try Office()
        try await office.run(request())
        let list = try await office.run(ListListeners())
        #expect(list.map(\.listener.purpose) == [.sipTLS, .sipUDP])
        #expect(list.map(\.isOpen) == [true, false])
        #expect(list.map { $0.exception?.reason } == [nil, "door station"])
    }

    @Test(arguments: [
        ("0.0.0.0:5060", 30, "door station", "one address"), ("[::]:5060", 30, "door station", "one address"),
        ("pbx:5060", 30, "door station", "one address"), ("192.0.2.1:0", 30, "door station", "one address"),
        ("192.0.2.1", 30, "door station", "one address"), ("224.0.0.1:5060", 30, "door station", "one address"),
        ("192.0.2.1:5060", 0, "door station", "92 days"), ("192.0.2.1:5060", 93, "door station", "92 days"),
        ("192.0.2.1:5060", .max, "door station", "92 days"), ("192.0.2.1:5060", -1, "door station", "92 days"),
        ("192.0.2.1:5060", 30, " ", "without a reason"), ("192.0.2.1:5060", 30, "a\nb", "without a reason"),
    ])
    func `Control signalling-encryption: no exception without an address, an end and a reason`(
        address: String,
        days: Int,
        reason: String,
        words: String
    ) async throws {
        let office = try Office()
        let refusal = try #require(await office.refusal(request(address, days: days, reason: reason)))
        #expect(refusal.control == .signallingEncryption)
        #expect(refusal.problem == "No listener without encryption is opened.")
        #expect(refusal.reason.contains(words))
        #expect(office.store.snapshot.exceptions.isEmpty)
    }

    @Test func `eight at a time are enough`() async throws {
        let office = try Office()
        for port in 5_060..<5_068 { try await office.run(request("192.0.2.1:\(port)")) }
        #expect(await office.refusal(request("192.0.2.1:5068"))?.reason.hasPrefix("8 are open already") == true)
        try await office.run(request("192.0.2.1:5060", days: 5))
        #expect(office.store.snapshot.exceptions.count == 8)
    }

    @Test func `one that has ended is taken back by the system, with a line, and the others stay`() async throws {
        let office = try Office()
        try await office.run(request())
        let ended = ListenerException(transport: .tcp, address: "192.0.2.1:5070", reason: "lift", until: noon)
        let draft = JournalDraft(actor: "test", action: "listener.except", subject: ended.address)
        _ = try office.store.change([.except(ended)], journal: [draft], at: noon)
        try await office.administrator.withdrawal.run(noon)
        #expect(office.store.snapshot.exceptions.map(\.address) == ["192.0.2.1:5060"])
        let entry = try #require(try office.journal().last)
        #expect((entry.actor, entry.action, entry.subject) == ("ringfence", "listener.withdraw", "192.0.2.1:5070"))
        #expect(entry.detail.contains(#""reason":"lift""#))
        #expect(
            office.notes.texts.last == "SIP over TCP on 192.0.2.1:5070 is closed: the exception for it ended, \(noon)"
        )
        let count = try office.journal().count
        try await office.administrator.withdrawal.run(noon)
        #expect(try office.journal().count == count)
    }
}
