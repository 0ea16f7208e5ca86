// SPDX-License-Identifier: Apache-2.0

import Foundation
import Media
import Model
import Primitives
import Synchronization
import Testing

@testable import Server

/// A UDP socket of a test: a phone's media port, or a stranger's.
final class TestSocket: Sendable {
    let descriptor: Int32
    let address: SocketAddress

    init(_ host: SocketAddress = SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: 0)) throws {
        let socket = try MediaSocket(host)
        address = socket.address
        descriptor = dup(socket.descriptor)
    }

    deinit {
        close(descriptor)
    }

    func send(_ bytes: [UInt8], to destination: SocketAddress) {
        SocketName(destination).bytes.withUnsafeBytes { name in
            name.withMemoryRebound(to: sockaddr.self) {
                _ = sendto(descriptor, bytes, bytes.count, 0, $0.baseAddress, socklen_t(name.count))
            }
        }
    }

    /// The next datagram; `nil` when none comes within `milliseconds`.
    func receive(within milliseconds: Int32 = 2_000) -> [UInt8]? {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, milliseconds) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? nil : Array(bytes.prefix(count))
    }

    /// The type of service that packets of this socket carry.
    var typeOfService: Int32 {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, Int32(IPPROTO_IP), IP_TOS, &value, &length)
        return value
    }
}

/// One side of a call over real sockets.
final class TestPhone {
    let socket: TestSocket
    let media: LegMedia
    private var sender: SRTPSender
    private var receiver: SRTPReceiver

    init(
        mux: Bool = true,
        on host: SocketAddress = SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: 0)
    ) throws {
        socket = try TestSocket(host)
        var random = SystemRandomNumberGenerator()
        let keys = (SRTPKey.generate(.aes256gcm, using: &random), SRTPKey.generate(.aes256gcm, using: &random))
        media = LegMedia(
            address: socket.address,
            rtcpAddress: socket.address,
            rtcpMux: mux,
            signallingAddress: socket.address.ip,
            receive: keys.0,
            send: keys.1
        )
        sender = SRTPSender(keys.0)
        receiver = SRTPReceiver(keys.1)
    }

    func rtp(_ sequence: UInt8) throws -> [UInt8] {
        var packet: [UInt8] = [0x80, 0, 0, sequence, 0, 0, 0, 0, 1, 2, 3, 4] + Array(repeating: sequence, count: 160)
        let length = packet.count
        packet += Array(repeating: 0, count: RelayLimits.protectionOverhead)
        var span = packet.mutableSpan
        let sealed = try sender.protect(&span, length: length)
        return Array(packet.prefix(sealed))
    }

    func rtcp() throws -> [UInt8] {
        var packet: [UInt8] =
            [0x80, 201, 0, 1, 1, 2, 3, 4] + Array(repeating: 0, count: RelayLimits.protectionOverhead)
        var span = packet.mutableSpan
        let sealed = try sender.protectControl(&span, length: 8)
        return Array(packet.prefix(sealed))
    }

    /// The sequence number of the next packet that this phone can read.
    func hears() -> UInt8? { opens()?[3] }

    /// The next packet, if this phone can read it.
    func opens() -> [UInt8]? {
        guard var packet = socket.receive() else { return nil }
        let length = packet.count
        var span = packet.mutableSpan
        guard let opened = try? receiver.unprotect(&span, length: length) else { return nil }
        return Array(packet.prefix(opened))
    }
}

@Suite("Media loop over real sockets", .timeLimit(.minutes(1)))
struct MediaLoopTests {
    private static let anyPort = SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: 0)
    private static let anyPort6 = SocketAddress(ip: IPAddress(high: 0, low: 1), port: 0)

    private func loop(
        capacity: Int = 4,
        onReport: @escaping @Sendable (MediaNews) -> Void = { _ in }
    ) throws -> MediaLoop {
        try MediaLoop(rtp: Self.anyPort, rtcp: Self.anyPort, capacity: capacity, onReport: onReport)
    }

    @Test func `relays between two phones, both ways, and only while the call is open`() throws {
        let loop = try loop()
        defer { loop.stop() }
        let (alice, bob) = (try TestPhone(), try TestPhone())
        loop.start()
        loop.send([.open(RelayID(rawValue: 1), a: .network(alice.media), b: .network(bob.media))])
        for sequence in UInt8(1)...50 {
            alice.socket.send(try alice.rtp(sequence), to: loop.rtp)
            bob.socket.send(try bob.rtp(sequence), to: loop.rtp)
            #expect(bob.hears() == sequence)
            #expect(alice.hears() == sequence)
        }
        loop.send([.close(RelayID(rawValue: 1))])
        alice.socket.send(try alice.rtp(51), to: loop.rtp)
        #expect(bob.socket.receive(within: 200) == nil)
    }

    @Test func `answers nothing that a stranger sends`() throws {
        let loop = try loop()
        defer { loop.stop() }
        let (alice, bob, stranger) = (try TestPhone(), try TestPhone(), try TestSocket())
        loop.start()
        loop.send([.open(RelayID(rawValue: 1), a: .network(alice.media), b: .network(bob.media))])
        alice.socket.send(try alice.rtp(1), to: loop.rtp)
        #expect(bob.hears() == 1)
        for length in [0, 1, 2, 11, 12, 50, 182, 1_500, 4_000, 60_000] {
            for first in [UInt8(0x00), 0x16, 0x80, 0xFF] {
                let bytes = length == 0 ? [] : [first] + Array(repeating: first, count: length - 1)
                stranger.send(bytes, to: loop.rtp)
                stranger.send(bytes, to: loop.rtcp)
            }
        }
        alice.socket.send(try alice.rtp(2), to: loop.rtp)
        #expect(bob.hears() == 2)
        #expect(stranger.receive(within: 100) == nil)
    }

    @Test func `RTCP without rtcp-mux goes by the second port`() throws {
        let loop = try loop()
        defer { loop.stop() }
        let (alice, bob) = (try TestPhone(mux: false), try TestPhone(mux: false))
        loop.start()
        loop.send([.open(RelayID(rawValue: 1), a: .network(alice.media), b: .network(bob.media))])
        alice.socket.send(try alice.rtcp(), to: loop.rtcp)
        // A report of 8 bytes, our name with 28, and 20 of protection.
        #expect(bob.socket.receive()?.count == 56)
    }

    @Test func `relays between a phone on IPv4 and one on IPv6, RTCP too`() throws {
        let ports = try Office.freePorts(on: IPAddress(high: 0, low: 1))
        let loop = try MediaLoop(
            rtp: Self.anyPort,
            rtcp: Self.anyPort,
            other: (ports.rtp, ports.rtcp),
            capacity: 4
        ) { _ in }
        defer { loop.stop() }
        let (alice, bob) = (try TestPhone(), try TestPhone(on: Self.anyPort6))
        loop.start()
        loop.send([.open(RelayID(rawValue: 1), a: .network(alice.media), b: .network(bob.media))])
        for sequence in UInt8(1)...20 {
            alice.socket.send(try alice.rtp(sequence), to: loop.rtp)
            bob.socket.send(try bob.rtp(sequence), to: ports.rtp)
            #expect(bob.hears() == sequence)
            #expect(alice.hears() == sequence)
        }
        alice.socket.send(try alice.rtcp(), to: loop.rtp)
        // A report of 8 bytes, our name with 28, and 20 of protection.
        #expect(bob.socket.receive()?.count == 56)
    }

    @Test func `a phone that names an address of a version of IP we do not have hears nothing, and the loop lives`()
        throws
    {
        let loop = try loop()
        defer { loop.stop() }
        let (alice, bob) = (try TestPhone(), try TestPhone(on: Self.anyPort6))
        loop.start()
        loop.send([.open(RelayID(rawValue: 1), a: .network(alice.media), b: .network(bob.media))])
        alice.socket.send(try alice.rtp(1), to: loop.rtp)
        #expect(bob.socket.receive(within: 200) == nil)
        let (carol, dave) = (try TestPhone(), try TestPhone())
        loop.send([.open(RelayID(rawValue: 2), a: .network(dave.media), b: .network(carol.media))])
        dave.socket.send(try dave.rtp(1), to: loop.rtp)
        #expect(carol.socket.receive() != nil)
    }

    @Test func `reports every second what came`() throws {
        let reports = Mutex<[RelayReport]>([])
        let told = DispatchSemaphore(value: 0)
        let loop = try loop { news in
            guard let report = news.reports.first, report.a.packets > 0 else { return }
            reports.withLock { $0 = news.reports }
            told.signal()
        }
        defer { loop.stop() }
        let (alice, bob) = (try TestPhone(), try TestPhone())
        loop.start()
        loop.send([.open(RelayID(rawValue: 7), a: .network(alice.media), b: .network(bob.media))])
        alice.socket.send(try alice.rtp(1), to: loop.rtp)
        #expect(told.wait(timeout: .now() + 10) == .success)
        let report = try #require(reports.withLock { $0.first })
        #expect(report.id == RelayID(rawValue: 7) && report.a.packets == 1 && report.a.locked == alice.socket.address)
        #expect(report.b.packets == 0 && report.b.locked == nil)
    }

    @Test func `says what it refused, and how far it was, with the next report`() throws {
        let news = Mutex<[MediaNews]>([])
        let told = DispatchSemaphore(value: 0)
        let loop = try loop(capacity: 1) { new in
            guard !new.marks.isEmpty else { return }
            news.withLock { $0.append(new) }
            told.signal()
        }
        defer { loop.stop() }
        let (alice, bob) = (try TestPhone(), try TestPhone())
        let open = { RelayCommand.open(RelayID(rawValue: $0), a: .network(alice.media), b: .network(bob.media)) }
        #expect(loop.send([open(1), open(2), .close(RelayID(rawValue: 3))], upTo: RelayMark(rawValue: 7), of: 5) == [])
        loop.start()
        #expect(told.wait(timeout: .now() + 10) == .success)
        let heard = try #require(news.withLock { $0.first })
        #expect(heard.reports.map(\.id.rawValue) == [1] && heard.refused == [RelayID(rawValue: 2)])
        #expect(heard.marks == [5: RelayMark(rawValue: 7)])
    }

    @Test func `says at once what it refuses because too much waits, and never refuses to close`() throws {
        let loop = try loop(capacity: 1)
        defer { loop.stop() }
        let (alice, bob) = (try TestPhone(), try TestPhone())
        let open = RelayCommand.open(RelayID(rawValue: 1), a: .network(alice.media), b: .network(bob.media))
        #expect(loop.send(Array(repeating: open, count: 8)).isEmpty)
        #expect(loop.send([open, .close(RelayID(rawValue: 1))]) == [RelayID(rawValue: 1)])
        #expect(loop.refusedCommands == 1)
    }

    @Test func `marks its packets for expedited forwarding`() throws {
        #expect(try TestSocket().typeOfService == 0xB8)
    }

    @Test func `says which port is in use, and frees both when it stops`() throws {
        let first = try loop()
        #expect(throws: MediaSocketError.self) {
            try MediaLoop(rtp: first.rtp, rtcp: Self.anyPort, capacity: 1) { _ in }
        }
        first.start()
        first.stop()
        first.stop()
        let second = try MediaLoop(rtp: first.rtp, rtcp: first.rtcp, capacity: 1) { _ in }
        second.stop()
    }

    @Test func `a loop that hangs refuses to open more, but closes`() throws {
        let loop = try loop(capacity: 1)
        let (alice, bob) = (try TestPhone(), try TestPhone())
        // Never started: nothing is taken from the queue.
        let open = RelayCommand.open(RelayID(rawValue: 1), a: .network(alice.media), b: .network(bob.media))
        loop.send(Array(repeating: open, count: MediaLimits.commandsPerRelay + 5))
        #expect(loop.refusedCommands == 5)
        loop.send([.close(RelayID(rawValue: 1))])
        #expect(loop.refusedCommands == 5)
        loop.stop()
    }
}
