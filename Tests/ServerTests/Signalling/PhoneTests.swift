// SPDX-License-Identifier: Apache-2.0

import Admin
import Audit
import Calls
import Foundation
import Model
import Primitives
import Store
import Testing

@testable import Server

@Suite("RFC 3261 §10 over a real connection")
struct PhoneTests {
    @Test func `an enrolled phone registers, and the list says how it is protected`() async throws {
        try await Office.open { office in
            let phone = try await Enrolled("201", in: office)
            let peer = try await office.peer(versions: 13...13)
            #expect(try await phone.register(over: peer))
            let list = await office.server.live(.registrations).registrations
            #expect(list.map(\.extension.text) == ["201"])
            #expect(list.first?.tlsVersion == "TLSv1.3")
            #expect(list.first?.transport == "tls")
            let ciphers = await office.server.hop.ask { $0.loop.connections.all.map(\.flow.cipher) }
            #expect(ciphers?.count == 1)
            #expect(ciphers?.first??.hasPrefix("TLS_AES_") == true)
        }
    }

    @Test func `a registration dies with its connection`() async throws {
        try await Office.open { office in
            let phone = try await Enrolled("201", in: office)
            let peer = try await office.peer()
            #expect(try await phone.register(over: peer))
            await peer.close()
            var registered = 1
            for _ in 0..<2_000 where registered > 0 {
                try await Task.sleep(for: .milliseconds(10))
                registered = await office.server.live(.registrations).registrations.count
            }
            #expect(registered == 0)
        }
    }

    @Test func `who has registered is not cut off, and has a budget of its own`() async throws {
        try await Office.open { office in
            let phone = try await Enrolled("201", in: office)
            let peer = try await office.peer()
            #expect(try await phone.register(over: peer))

            // A stranger from the same address uses up all that strangers have.
            let stranger = try await office.peer()
            for branch in 1...1_000 { stranger.say(Requests.register(branch: branch)) }
            try await Task.sleep(for: .seconds(6))

            peer.say(Requests.options(branch: 77))
            #expect(try await peer.hears("branch=z9hG4bK-77"))
            #expect(!peer.state.isClosed)
        }
    }

    @Test(arguments: ["tls", "wss"])
    func `D15 who says too much at once is answered everything, and read more slowly`(
        over transport: String
    ) async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let phone = try await Enrolled("201", in: office)
            let line = transport == "wss" ? try await office.openBrowser() : try await office.peer()
            #expect(try await phone.register(over: line))
            let before = line.state.answers
            var (said, figures) = (0, LoopFigures())
            // A server that is busy with other tests takes a while to be asked too much.
            while figures.pauses == 0, said < 6_000 {
                for branch in said + 1...said + 50 { line.say(Requests.options(branch: branch)) }
                said += 50
                try await Task.sleep(for: .milliseconds(100))
                figures = try #require(await office.server.hop.ask { $0.loop.figures })
            }
            #expect(figures.pauses > 0 && figures.droppedMessages == 0)
            #expect(try await line.waits(.seconds(60)) { $0.answers == before + said })
            #expect(!line.state.isClosed)
            #expect(await office.server.bans().isEmpty)
            await office.server.stop()
            let event = try #require(try office.store.events().first { $0.kind == .flood })
            #expect(event.subject?.description == "'test' of extension 201")
        }
    }

    /// As after a restart: REGISTERs, then 120 lamps with a challenge each and a NOTIFY to answer.
    @Test func `a phone with a field of lamps subscribes to all of them at once`() {
        var budget = MessageBudget.login
        let start = MonotonicTime(nanoseconds: 1)
        let waits = (0..<120 * 3 + 4).count { _ in budget.spend(640, at: start) != nil }
        #expect(waits == 0)
    }

    @Test func `E-M1 eight connections of one login say no more than one may`() async throws {
        try await Office.open { office in
            let (phone, other) = (try await Enrolled("201", in: office), try await Enrolled("202", in: office))
            var lines: [Peer] = []
            for _ in 0..<8 {
                let line = try await office.peer()
                // Registered over the first; the others show the credential, and their CSeq is old.
                _ = try await phone.register(over: line)
                lines.append(line)
            }
            let sharing = await office.server.hop.ask { $0.loop.connections.all.count { $0.budget != nil } }
            #expect(sharing == 8)
            let bystander = try await office.peer()
            #expect(try await other.register(over: bystander))
            for line in lines { for branch in 1...200 { line.say(Requests.options(branch: branch)) } }
            try await Task.sleep(for: .seconds(2))
            let answers = lines.reduce(0) { $0 + $1.state.answers }
            #expect((350...620).contains(answers))
            bystander.say(Requests.options(branch: 9_999))
            #expect(try await bystander.hears("branch=z9hG4bK-9999", within: .seconds(5)))
            #expect(lines.allSatisfy { !$0.state.isClosed })
        }
    }

    @Test func `revoking the phone closes its connection`() async throws {
        try await Office.open { office in
            let phone = try await Enrolled("201", in: office)
            let peer = try await office.peer()
            #expect(try await phone.register(over: peer))
            let device = try #require(office.store.snapshot.devices.values.first)
            let draft = JournalDraft(actor: "test", action: "phone.revoke", subject: "201")
            let snapshot = try office.store.change([.revoke(device.id)], journal: [draft], at: device.createdAt)
            await office.server.apply(snapshot, [.revoke(device.id)])
            #expect(try await peer.isClosed())
            #expect(await office.server.live(.registrations).registrations.isEmpty)
        }
    }

    @Test func `I05 a leaver is cut off within five seconds, and the password is one of nobody`() async throws {
        try await Office.open { office in
            let phone = try await Enrolled("201", in: office)
            let peer = try await office.peer()
            #expect(try await phone.register(over: peer))
            var value = try #require(office.store.snapshot.extensions[phone.account.number])
            value.isEnabled = false
            let draft = JournalDraft(actor: "test", action: "extension.disable", subject: "201")
            let (began, changes) = (SystemClock.wall, [Change.put(value)])
            await office.server.apply(try office.store.change(changes, journal: [draft], at: began), changes)
            #expect(try await peer.isClosed())
            #expect(await office.server.live([.registrations, .calls]).registrations.isEmpty)
            #expect(SystemClock.wall - began < .seconds(5))
            let next = try await office.peer()
            #expect(try await !phone.register(over: next))
        }
    }

    @Test func `a snapshot that is not newer is ignored`() async throws {
        try await Office.open { office in
            let old = office.store.snapshot
            let phone = try await Enrolled("201", in: office)
            await office.server.apply(old, [])
            let peer = try await office.peer()
            #expect(try await phone.register(over: peer))
        }
    }

    @Test func `after a restart on the same port the phone comes back with the same secret`() async throws {
        try await Office.open { office in
            let phone = try await Enrolled("201", in: office)
            let before = try await office.peer()
            #expect(try await phone.register(over: before))
            await office.server.stop()
            #expect(try await before.isClosed())

            let second = try await RingfenceServer.start(office.configuration, store: office.store, logger: .silent)
            let after = try await office.peer()
            #expect(try await phone.register(over: after))
            #expect(await second.live(.registrations).registrations.count == 1)
            await second.stop()
        }
    }
}
