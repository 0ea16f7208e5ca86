// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Primitives
import Testing

@testable import Server

@Suite("RFC 3261 §18 over IPv6")
struct IPv6Tests {
    @Test func `phones of both versions register at one server, each under its own address`() async throws {
        try await Office.open(hasIPv6: true) { office in
            let (old, new) = (try await Enrolled("201", in: office), try await Enrolled("202", in: office))
            let (four, six) = (try await office.peer(), try await office.peer(overIPv6: true))
            #expect(try await old.register(over: four))
            #expect(try await new.register(over: six))
            let sources = await office.server.live(.registrations).registrations.map(\.source)
            #expect(sources.count { $0.hasPrefix("[::1]:") } == 1)
            #expect(sources.count { $0.hasPrefix("127.0.0.1:") } == 1)
        }
    }

    @Test func `our own IPv6 address is a host of ours`() async throws {
        try await Office.open(hasIPv6: true) { office in
            let peer = try await office.peer(overIPv6: true)
            peer.say(Requests.options(branch: 1).replacing("OPTIONS sip:pbx.test ", with: "OPTIONS sip:[0:0::1] "))
            #expect(try await peer.hears("SIP/2.0 401 "))
            #expect(peer.state.text.contains(";received=::1"))
        }
    }

    @Test func `every listener and both media ranges are declared, and open`() async throws {
        try await Office.open(hasIPv6: true) { office in
            let declared = await office.server.live(.listeners).listeners
            #expect(declared.count { $0.address.hasPrefix("[::1]:") } == 3)
            let found = OpenSockets.all()
            for listener in declared {
                #expect(found.contains(OpenSocket(network: listener.purpose.network, address: listener.address)))
            }
        }
    }

    @Test func `an IPv6 socket takes no IPv4`() throws {
        let any = try #require(SocketAddress(parsing: "[::]:0"))
        for _ in 0..<20 {
            let socket = try BoundSocket(any)
            socket.setBacklog()
            defer { _ = socket.abandoned() }
            let loopback = SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: socket.address.port)
            // Another test may have this one over IPv4: then the next is tried.
            guard let same = try? BoundSocket(loopback) else { continue }
            #expect(same.address.port == socket.address.port)
            _ = same.abandoned()
            return
        }
        Issue.record("no port of twenty was free over IPv4")
    }
}

/// A table that an expectation may ask.
private final class Peers {
    private var table: DatagramPeers

    init(capacity: Int) { table = DatagramPeers(capacity: capacity) }

    func serial(of address: SocketAddress, at now: MonotonicTime) -> UInt64? { table.serial(of: address, at: now) }
    func address(of serial: UInt64) -> SocketAddress? { table.address(of: serial) }
    func keep(_ serial: UInt64, until: MonotonicTime) { table.keep(serial, until: until) }
}

@Suite("RFC 3261 §18 datagram peers on IPv6")
struct DatagramPeersTests {
    private let now = MonotonicTime(nanoseconds: 1_000_000_000)

    private func address(_ host: UInt64) -> SocketAddress {
        SocketAddress(ip: IPAddress(high: 0x2001_0DB8_0000_0000, low: host), port: 5060)
    }

    @Test func `a peer is found by its number, and has one number at a time`() throws {
        let peers = Peers(capacity: 8)
        let first = try #require(peers.serial(of: address(1), at: now))
        #expect(peers.serial(of: address(1), at: now) == first)
        #expect(peers.serial(of: address(2), at: now) != first)
        #expect(peers.address(of: first) == address(1))
        #expect(peers.address(of: first + 8) == nil)
    }

    @Test func `strangers take the place of strangers, and a number that was given is never another's`() throws {
        let peers = Peers(capacity: 8)
        let first = try #require(peers.serial(of: address(1), at: now))
        for host in UInt64(2)...1_000 { _ = peers.serial(of: address(host), at: now) }
        #expect(peers.address(of: first) == nil)
        #expect(peers.serial(of: address(1), at: now) != first)
    }

    @Test func `a phone keeps its place among any number of strangers until its time is over`() throws {
        let peers = Peers(capacity: 8)
        let phone = try #require(peers.serial(of: address(1), at: now))
        peers.keep(phone, until: now + .seconds(60))
        for host in UInt64(2)...1_000 { _ = peers.serial(of: address(host), at: now) }
        #expect(peers.address(of: phone) == address(1))
        for host in UInt64(2)...1_000 { _ = peers.serial(of: address(host), at: now + .seconds(61)) }
        #expect(peers.address(of: phone) == nil)
    }

    @Test func `half of the places are left to strangers`() throws {
        let peers = Peers(capacity: 8)
        for host in UInt64(1)...8 {
            let serial = try #require(peers.serial(of: address(host), at: now))
            peers.keep(serial, until: now + .seconds(60))
        }
        let strangers = (UInt64(100)...200).count { peers.serial(of: address($0), at: now) != nil }
        #expect(strangers == 101)
        #expect((UInt64(1)...4).allSatisfy { peers.serial(of: address($0), at: now) == $0 })
    }
}
