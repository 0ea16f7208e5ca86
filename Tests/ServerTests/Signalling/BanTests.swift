// SPDX-License-Identifier: Apache-2.0

import Calls
import Foundation
import Model
import NIOCore
import Primitives
import Store
import Testing

@testable import Server

@Suite("Control intrusion-detection: bans in a running server")
struct BanTests {
    /// Some other host, as far as the server can tell.
    private static let stranger = "127.0.0.77"

    private func guess(_ count: Int, for phone: Enrolled, in office: Office) async throws {
        for _ in 0..<count {
            let line = try await office.peer(from: Self.stranger)
            _ = try await phone.register(over: line, password: "wrong")
            await line.close()
        }
    }

    private func isBanned(_ source: String, in office: Office) async throws -> Bool {
        let address = try #require(IPAddress(parsing: source))
        return await office.server.bans().contains { $0.source.address == address }
    }

    @Test func `C01 five wrong passwords cut every connection of their source, and it gets no new one`() async throws {
        try await Office.open { office in
            let phone = try await Enrolled("201", in: office)
            let idle = try await office.peer(from: Self.stranger)
            #expect(try await idle.waits { $0.isSecured })
            try await guess(5, for: phone, in: office)
            #expect(try await idle.isClosed(within: .seconds(2)))
            let bans = await office.server.bans()
            #expect(bans.map(\.source.description) == [Self.stranger])
            #expect(bans.first?.reason == .guessing)
            let late = try await Peer.connect(to: office.server.sipTLS, root: nil, from: Self.stranger)
            #expect(try await late.isClosed(within: .seconds(2)))
            #expect(await office.server.hop.ask { $0.loop.figures.bannedConnections } ?? 0 >= 1)

            let own = try await office.peer()
            #expect(try await phone.register(over: own))
        }
    }

    @Test func `a ban is in the journal and in the events, and holds after a restart`() async throws {
        try await Office.open { office in
            let phone = try await Enrolled("201", in: office)
            try await guess(5, for: phone, in: office)
            #expect(try await isBanned(Self.stranger, in: office))
            await office.server.stop()
            let entry = try #require(try office.store.journal().last { $0.action == "ban.impose" })
            #expect(entry.subject == Self.stranger)
            #expect(entry.detail.contains("5 wrong passwords"))
            let event = try #require(try office.store.events().first { $0.kind == .banned })
            #expect(event.detail.contains("to lift it: ringfence ban remove \(Self.stranger)"))

            let again = try await RingfenceServer.start(office.configuration, store: office.store, logger: .silent)
            #expect(await again.bans().map(\.source.description) == [Self.stranger])
            let late = try await Peer.connect(to: again.sipTLS, root: nil, from: Self.stranger)
            #expect(try await late.isClosed(within: .seconds(2)))
            await again.stop()
        }
    }

    @Test func `who is let in again is let in at once`() async throws {
        try await Office.open { office in
            let phone = try await Enrolled("201", in: office)
            try await guess(5, for: phone, in: office)
            let source = try #require(BanSource(parsing: Self.stranger))
            #expect(await office.server.lift(source) != nil)
            let line = try await office.peer(from: Self.stranger)
            #expect(try await phone.register(over: line))
        }
    }

    @Test func `an address with a registered phone is not banned, and people hear why`() async throws {
        try await Office.open { office in
            let phone = try await Enrolled("201", in: office)
            let other = try await Enrolled("202", in: office)
            let line = try await office.peer(from: Self.stranger)
            #expect(try await phone.register(over: line))
            try await guess(5, for: other, in: office)
            #expect(await office.server.bans().isEmpty)
            #expect(!line.state.isClosed)
            await office.server.stop()
            let event = try #require(try office.store.events().first { $0.kind == .banWithheld })
            #expect(event.detail.hasSuffix("not banned: 1 phone is registered from there"))
        }
    }

    /// As a guest network or a neighbour behind the same router would, while no phone is registered.
    private func misbehave(_ server: RingfenceServer, _ office: Office) async throws {
        for round in 0..<4 {
            let line = try await Peer.connect(
                to: server.sipTLS,
                root: office.root,
                name: office.domain,
                from: Self.stranger
            )
            #expect(try await line.waits { $0.isSecured })
            let request = Requests.options(branch: 9_000 + round)
            line.say(request.replacing("Max-Forwards", with: "User-Agent: friendly-scanner\r\nMax-Forwards"))
            _ = try await line.hears("SIP/2.0", within: .milliseconds(100))
            await line.close()
        }
    }

    @Test func `an office whose phones have just lost their connections is not shut out by a neighbour's scanner`()
        async throws
    {
        try await Office.open { office in
            let (phone, other) = (try await Enrolled("201", in: office), try await Enrolled("202", in: office))
            let line = try await office.peer(from: Self.stranger)
            #expect(try await phone.register(over: line))
            await line.close()
            _ = try await office.eventually { $0.switchboard.figures.registrations == 0 }

            try await misbehave(office.server, office)
            try await guess(5, for: other, in: office)
            #expect(await office.server.bans().isEmpty)
            for phone in [phone, other] {
                let line = try await office.peer(from: Self.stranger)
                #expect(try await phone.register(over: line))
            }
            await office.server.stop()
            let events = try office.store.events().filter { $0.kind == .banWithheld }
            #expect(events.contains { $0.detail.contains("names a scanner") || $0.detail.contains("name a scanner") })
            #expect(events.allSatisfy { $0.detail.contains("within the last 72 hours") })
        }
    }

    @Test func `the same right after a restart of the server`() async throws {
        try await Office.open { office in
            let phone = try await Enrolled("201", in: office)
            let line = try await office.peer(from: Self.stranger)
            #expect(try await phone.register(over: line))
            await office.server.stop()

            let again = try await RingfenceServer.start(office.configuration, store: office.store, logger: .silent)
            try await misbehave(again, office)
            #expect(await again.bans().isEmpty)
            let back = try await Peer.connect(
                to: again.sipTLS,
                root: office.root,
                name: office.domain,
                from: Self.stranger
            )
            #expect(try await phone.register(over: back))
            await again.stop()
        }
    }

    @Test func `a phone that was not told its new password is named, and not banned`() async throws {
        try await Office.open { office in
            let phone = try await Enrolled("201", in: office)
            let line = try await office.peer(from: Self.stranger)
            #expect(try await phone.register(over: line))
            await line.close()
            _ = try await office.eventually { $0.switchboard.figures.registrations == 0 }
            try await guess(7, for: phone, in: office)
            #expect(await office.server.bans().isEmpty)
            await office.server.stop()
            let event = try #require(try office.store.events().first { $0.kind == .stalePhone })
            #expect(event.subject?.description == "'test' of extension 201")
        }
    }

    @Test func `the same after a restart of the server`() async throws {
        try await Office.open { office in
            let phone = try await Enrolled("201", in: office)
            let line = try await office.peer(from: Self.stranger)
            #expect(try await phone.register(over: line))
            await office.server.stop()
            #expect(try office.store.logins().map(\.source.description) == [Self.stranger])

            let again = try await RingfenceServer.start(office.configuration, store: office.store, logger: .silent)
            for _ in 0..<7 {
                let line = try await Peer.connect(
                    to: again.sipTLS,
                    root: office.root,
                    name: office.domain,
                    from: Self.stranger
                )
                _ = try await phone.register(over: line, password: "wrong")
                await line.close()
            }
            #expect(await again.bans().isEmpty)
            await again.stop()
            #expect(try office.store.events().contains { $0.kind == .stalePhone })
        }
    }

    @Test func `datagrams of a banned source are not read`() async throws {
        try await Office.open { office in
            let source = try #require(BanSource(parsing: "198.51.100.7"))
            let now = SystemClock.wall
            let ban = Ban(source: source, reason: .decision, evidence: "x", since: now, until: now + .seconds(60))
            await office.server.impose(ban)
            let figures = await office.server.hop.ask { signalling in
                let bytes = Array(Requests.register(credentials: Requests.abilities).utf8)
                for address in ["198.51.100.7:5060", "198.51.100.8:5060"] {
                    guard let remote = SocketAddress(parsing: address) else { continue }
                    let flow = Flow(
                        id: FlowID(rawValue: 1 << 63),
                        transport: .udp,
                        remote: remote,
                        local: office.server.sipTLS
                    )
                    signalling.loop.receive(bytes.span, on: flow, at: SystemClock.now)
                }
                return (signalling.loop.figures.bannedDatagrams, signalling.loop.switchboard.figures.challenges)
            }
            #expect(figures?.0 == 1)
            #expect(figures?.1 == 1)
        }
    }

    @Test func `D01 a stranger far over budget is cut, and banned the third time`() async throws {
        try await Office.open { office in
            for round in 1...3 {
                let line = try await office.patientPeer(from: Self.stranger)
                let flood = (0..<1_500).map { Requests.options(branch: round * 10_000 + $0) }.joined()
                try? await line.say(bytes: ByteBuffer(string: flood))
                #expect(try await line.isClosed())
            }
            #expect(try await isBanned(Self.stranger, in: office))
            #expect(await office.server.bans().first?.reason == .flooding)
        }
    }
}
