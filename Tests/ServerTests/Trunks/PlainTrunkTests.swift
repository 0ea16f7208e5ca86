// SPDX-License-Identifier: Apache-2.0

import Admin
import Calls
import Guard
import Model
import NIOCore
import NIOPosix
import Primitives
import SIP
import Store
import Synchronization
import Testing

@testable import Server

@Suite("ATTACKS C11 and K04: a trunk in the clear, by exception alone", .timeLimit(.minutes(2)))
struct PlainTrunkTests {
    private func trial(
        _ port: Int,
        over transport: Trunk.Transport,
        for seconds: Int64?,
        _ work: (Office) async throws -> Void
    ) async throws {
        let (name, domain) = (TrunkName(parsing: "old"), DomainName(parsing: "provider.test"))
        let plain = Trunk(
            name: try #require(name),
            domain: try #require(domain),
            transport: transport,
            servers: [Trunk.Server(host: "127.0.0.1", port: UInt16(port))],
            registers: false,
            createdAt: WallTime(milliseconds: 0)
        )
        try await Office.open { office in
            var trunk = plain
            // Not before the office is open: until there is a place for it, others may take minutes.
            let now = SystemClock.wall
            trunk.exception = seconds.map {
                Trunk.PlainException(reason: "has no TLS", grantedBy: "test", until: now + .seconds($0))
            }
            let changes: [Change] = [.outside(.putTrunk(TrunkAccess(trunk, secret: nil)))]
            let draft = JournalDraft(actor: "test", action: "trunk.add", subject: "old")
            let snapshot = try office.store.change(changes, journal: [draft], at: now)
            await office.server.apply(snapshot, changes)
            try await work(office)
        }
    }

    private func waits(_ office: Office, for state: TrunkSummary.State) async throws -> Bool {
        for _ in 0..<1_500 {
            if await office.server.trunks().first?.state == state { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    /// Lets the loop of an office live a moment of the future; how its trunk is then.
    private func state(in office: Office, after duration: Duration) async -> TrunkSummary.State? {
        await office.server.hop.ask { signalling in
            let (loop, now) = (signalling.loop, SystemClock.now)
            let later = Moment(monotonic: now.monotonic + duration, wall: now.wall + duration)
            loop.turn.begin(at: later)
            loop.switchboard.wake(&loop.turn)
            loop.carryOut()
            loop.endTurn()
            return loop.switchboard.trunks(at: later).first?.state
        } ?? nil
    }

    private func sockets(of office: Office) async -> Int? {
        await office.server.hop.ask { $0.loop.trunkDatagrams.count }
    }

    @Test func `datagrams go to the provider's address for as long as the exception holds`() async throws {
        let provider = try await DatagramProvider.open()
        try await trial(provider.port, over: .udp, for: 3_600) { office in
            #expect(try await waits(office, for: .ready))
            let summary = try #require(await office.server.trunks().first)
            #expect(summary.tlsVersion == nil && summary.server?.address.port == UInt16(provider.port))
            // A connected socket hears nobody else, and is none that has to be declared.
            let listeners = await office.server.live(.listeners).listeners
            #expect(listeners.allSatisfy { $0.purpose != .sipUDP })
            #expect(await state(in: office, after: .seconds(3_000)) == .ready)
            #expect(await sockets(of: office) == 1)
            #expect(await state(in: office, after: .seconds(3_601)) == .off)
            #expect(await sockets(of: office) == 0)
            // What was on its way may have come meanwhile.
            try await Task.sleep(for: .milliseconds(100))
            let heard = provider.heard
            try await Task.sleep(for: .milliseconds(500))
            #expect(provider.heard == heard)
        }
        await provider.close()
    }

    @Test func `TCP is spoken by exception too`() async throws {
        let provider = try await Provider.open(nil)
        try await trial(provider.port, over: .tcp, for: 60) { office in
            let isReady = try await waits(office, for: .ready)
            #expect(isReady)
            #expect(provider.seen.requests == ["OPTIONS"])
        }
        await provider.close()
    }

    @Test func `without an exception not one packet leaves`() async throws {
        let (datagrams, streams) = (try await DatagramProvider.open(), try await Provider.open(nil))
        try await trial(datagrams.port, over: .udp, for: nil) { office in
            try await Task.sleep(for: .seconds(1))
            #expect(await office.server.trunks().first?.state == .off)
        }
        try await trial(streams.port, over: .tcp, for: -1) { office in
            try await Task.sleep(for: .seconds(1))
            #expect(await office.server.trunks().first?.state == .off)
        }
        #expect(datagrams.heard == 0 && streams.seen.connections == 0)
        await datagrams.close()
        await streams.close()
    }
}

/// A provider that answers what comes as datagrams with 200.
private final class DatagramProvider: Sendable {
    private let channel: any Channel
    private let count: Counter

    final class Counter: Sendable {
        let heard = Mutex(0)
    }

    var port: Int { channel.localAddress?.port ?? 0 }
    var heard: Int { count.heard.withLock { $0 } }

    static func open() async throws -> DatagramProvider {
        let count = Counter()
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Clerk(count)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return DatagramProvider(channel, count)
    }

    private init(_ channel: any Channel, _ count: Counter) { (self.channel, self.count) = (channel, count) }

    func close() async { try? await channel.close().get() }

    private final class Clerk: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        typealias OutboundOut = AddressedEnvelope<ByteBuffer>
        private let count: Counter

        init(_ count: Counter) { self.count = count }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = unwrapInboundIn(data)
            count.heard.withLock { $0 += 1 }
            guard let request = try? Message(parsing: envelope.data.readableBytesUInt8Span) else { return }
            var writer = MessageWriter()
            writer.response(200, "OK")
            for name in [HeaderName.via, .from, .to, .callID, .cseq] { writer.copy(name, from: request) }
            writer.finish()
            let answer = AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: ByteBuffer(bytes: writer.bytes))
            context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        }
    }
}
