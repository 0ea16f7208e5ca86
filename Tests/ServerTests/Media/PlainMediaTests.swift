// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Media
import Model
import Primitives
import Synchronization
import Testing

@testable import Server

@Suite("Control trunk-encryption: legs without encryption over real sockets", .timeLimit(.minutes(1)))
struct PlainMediaTests {
    private static let anyPort = SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: 0)
    private static let elsewhere = SocketAddress(ip: IPAddress(v4: 0x7F00_0002), port: 0)
    private static let id = RelayID(rawValue: 1)

    /// A loop with ports for two plain legs, and what it said of relays that it refused.
    private struct Scene {
        let loop: MediaLoop
        let ports: PlainPorts
        let refused: Refusals
        let alice: TestPhone
        let provider: TestSocket
        let control: TestSocket

        final class Refusals: Sendable {
            let ids = Mutex<Set<RelayID>>([])
            let told = DispatchSemaphore(value: 0)
        }

        init() throws {
            ports = try Self.freePorts()
            (alice, provider, control) = (try TestPhone(), try TestSocket(), try TestSocket())
            let refused = Refusals()
            self.refused = refused
            loop = try MediaLoop(
                rtp: PlainMediaTests.anyPort,
                rtcp: PlainMediaTests.anyPort,
                capacity: 4,
                plain: [ports]
            ) { news in
                refused.ids.withLock { $0.formUnion(news.refused) }
                refused.told.signal()
            }
            loop.start()
        }

        /// Four in a row that nobody has.
        private static func freePorts() throws -> PlainPorts {
            for _ in 0..<50 {
                let first = try TestSocket().address.port & ~1
                let four = (0..<4).map { SocketAddress(ip: PlainMediaTests.anyPort.ip, port: first &+ $0) }
                guard first > 1_024, first < 65_530, four.allSatisfy({ Probe.isFree($0, .udp) }) else { continue }
                return try #require(PlainPorts(address: PlainMediaTests.anyPort.ip, ports: first...first + 3))
            }
            throw CancellationError()
        }

        func local(_ pair: Int = 0) -> SocketAddress {
            SocketAddress(ip: ports.address, port: ports.port(of: pair))
        }

        func open(_ id: RelayID = PlainMediaTests.id, pair: Int = 0) {
            let media = PlainMedia(
                local: local(pair),
                address: provider.address,
                rtcpAddress: control.address,
                signallingAddress: provider.address.ip
            )
            loop.send([.open(id, a: .network(alice.media), b: .plain(media))])
        }

        /// Whether a socket of the leg is open.
        func isOpen(_ pair: Int = 0) -> Bool { !Probe.isFree(local(pair), .udp) }

        func waitUntil(_ isSo: () -> Bool) -> Bool {
            for _ in 0..<200 {
                if isSo() { return true }
                usleep(20_000)
            }
            return false
        }
    }

    private func packet(_ sequence: UInt8, _ payload: [UInt8], type: UInt8 = 8) -> [UInt8] {
        [0x80, type, 0, sequence, 0, 0, 0, 0, 9, 9, 9, 9] + payload
    }

    @Test func `audio and keys pressed pass both ways between SRTP and the clear`() throws {
        let scene = try Scene()
        defer { scene.loop.stop() }
        let (alice, provider) = (scene.alice, scene.provider)
        scene.open()
        // The first packet has the loop take the command, which opens the port.
        alice.socket.send(try alice.rtp(1), to: scene.loop.rtp)
        #expect(provider.receive()?.suffix(160) == Array(repeating: 1, count: 160)[...])
        for sequence in UInt8(2)...50 {
            alice.socket.send(try alice.rtp(sequence), to: scene.loop.rtp)
            let heard = try #require(provider.receive())
            #expect(heard.count == 172 && heard.suffix(160) == Array(repeating: sequence, count: 160)[...])
            provider.send(packet(sequence, Array(repeating: sequence, count: 160)), to: scene.local())
            #expect(alice.hears() == sequence)
        }
        // RFC 4733: key 5, its end.
        provider.send(packet(51, [5, 0x8A, 3, 0x20], type: 101), to: scene.local())
        let event = try #require(alice.opens())
        #expect(event.suffix(4) == [5, 0x8A, 3, 0x20] && event[1] == 101)
        let report = scene.control
        alice.socket.send(try alice.rtcp(), to: scene.loop.rtp)
        #expect(report.receive()?[1] == 201)
        report.send(
            [0x80, 201, 0, 1, 9, 9, 9, 9],
            to: SocketAddress(ip: scene.ports.address, port: scene.local().port + 1)
        )
        #expect(alice.socket.receive()?.count == 56)
    }

    @Test func `M01: whoever sprays the port of a plain leg hears nothing and is not heard`() throws {
        let scene = try Scene()
        defer { scene.loop.stop() }
        let (alice, provider, stranger) = (scene.alice, scene.provider, try TestSocket(Self.elsewhere))
        scene.open()
        alice.socket.send(try alice.rtp(1), to: scene.loop.rtp)
        #expect(provider.receive() != nil)
        provider.send(packet(1, [1]), to: scene.local())
        #expect(alice.hears() == 1)
        for sequence in UInt8(2)...40 {
            for port in UInt16(0)..<4 {
                let target = SocketAddress(ip: scene.ports.address, port: scene.ports.first + port)
                stranger.send(packet(sequence, Array(repeating: 0xAA, count: 160)), to: target)
                stranger.send([0x80, 201, 0, 1, 9, 9, 9, 9], to: target)
            }
        }
        alice.socket.send(try alice.rtp(2), to: scene.loop.rtp)
        #expect(provider.receive()?.suffix(160) == Array(repeating: 2, count: 160)[...])
        provider.send(packet(2, [2]), to: scene.local())
        #expect(alice.hears() == 2, "and nothing of the stranger before")
        #expect(stranger.receive(within: 200) == nil)
        #expect(scene.waitUntil { scene.loop.counters[.foreign] > 0 })
    }

    @Test func `a port is open as long as its leg, and no longer`() throws {
        let scene = try Scene()
        defer { scene.loop.stop() }
        #expect(!scene.isOpen() && !scene.isOpen(1))
        scene.open()
        #expect(scene.waitUntil { scene.isOpen() } && !scene.isOpen(1))
        scene.loop.send([.close(Self.id)])
        #expect(scene.waitUntil { !scene.isOpen() })
        scene.open(pair: 1)
        #expect(scene.waitUntil { scene.isOpen(1) })
        scene.loop.stop()
        #expect(!scene.isOpen(1))
    }

    @Test func `a port that somebody else has ends the relay, and the loop lives`() throws {
        let scene = try Scene()
        defer { scene.loop.stop() }
        let taken = try TestSocket(SocketAddress(ip: scene.ports.address, port: scene.local().port + 1))
        scene.open()
        #expect(scene.waitUntil { scene.refused.ids.withLock { $0.contains(Self.id) } })
        #expect(!scene.isOpen(), "not half of it either")
        scene.open(RelayID(rawValue: 2), pair: 1)
        #expect(scene.waitUntil { scene.isOpen(1) })
        _ = taken
    }
}

@Suite("Control open-ports: ports that come and go")
struct PlainPortShareTests {
    @Test func `several businesses have each a part, and one alone has all`() throws {
        let range = try #require(MediaPorts(parsing: "192.0.2.1:40000-40009"))
        let share = { Share(businesses: $0, loops: 1, descriptors: 10_000) }
        #expect(share(1).plainPorts(of: 0, in: [range]) == [range])
        let parts = (0..<2).map { share(2).plainPorts(of: $0, in: [range])[0].plain }
        #expect(parts == [40_002...40_005, 40_006...40_009])
        #expect(share(5).plainPorts(of: 0, in: [range]).isEmpty, "too few for so many")
        let least = try #require(MediaPorts(parsing: "192.0.2.1:40000-40001"))
        #expect(share(1).plainPorts(of: 0, in: [least]).isEmpty)
    }

    @Test func `a census does not tell one business of another's calls`() {
        let census = SocketCensus()
        census.declare([Listener(purpose: .plainMedia, address: "127.0.0.1:2-65535")], of: 1)
        #expect(census.found(for: 0).allSatisfy { $0.network == .tcp || !$0.address.hasPrefix("127.0.0.1:") })
    }
}
