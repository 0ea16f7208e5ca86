// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import TestKit

/// A phone beside the relay: its keys and where its packets come from.
final class Phone {
    let sends: SRTPKey
    let receives: SRTPKey
    var address: SocketAddress
    private var link: Link
    /// One for each source: a sender takes only a few.
    private var links: [UInt32: Link] = [:]
    private var back: Link

    init(_ address: String, suite: SRTPSuite = .aes256gcm, seed: UInt64) {
        sends = .test(suite, seed * 2)
        receives = .test(suite, seed * 2 + 1)
        self.address = Self.parse(address)
        link = Link(sends)
        back = Link(receives)
    }

    static func parse(_ text: String) -> SocketAddress {
        SocketAddress(parsing: text) ?? SocketAddress(ip: IPAddress(v4: 0), port: 0)
    }

    /// What signalling says of this phone; by default all of it is true.
    func media(
        named: String? = nil,
        signalling: String? = nil,
        mux: Bool = true,
        sends: Bool = true,
        receives: Bool = true
    ) -> LegMedia {
        let rtp = named.map(Self.parse) ?? address
        return LegMedia(
            address: rtp,
            rtcpAddress: mux ? rtp : SocketAddress(ip: rtp.ip, port: rtp.port + 1),
            rtcpMux: mux,
            signallingAddress: signalling.flatMap { IPAddress(parsing: $0) } ?? address.ip,
            receive: self.sends,
            send: self.receives,
            sends: sends,
            receives: receives
        )
    }

    func rtp(_ sequence: UInt16, source: UInt32 = 0x1234_5678) -> [UInt8] {
        if links[source] == nil { links[source] = Link(sends) }
        guard case .packet(let packet) = links[source]?.seal(Packets.rtp(sequence, source: source)) else { return [] }
        return packet
    }

    /// Any packet, protected.
    func sealed(_ plain: [UInt8]) -> [UInt8] { (try? link.seal(plain).packet) ?? [] }

    func rtcp(_ plain: [UInt8] = Packets.rtcp()) -> [UInt8] {
        guard case .packet(let packet) = link.sealControl(plain) else { return [] }
        return packet
    }

    /// What the phone makes of a packet, as if the source had been `source`: it is ours, and drawn.
    func hears(_ packet: [UInt8], as source: UInt32 = 0x1234_5678) -> Result {
        let heard = back.open(packet)
        guard case .packet(var plain) = heard, plain.count >= 12 else { return heard }
        plain.replaceSubrange(8..<12, with: Packets.bytes(source))
        return .packet(plain)
    }

    /// The source of a packet that came, its number and its timestamp; `nil` when it is not authentic or came before.
    func numbers(_ packet: [UInt8]) -> (source: UInt32, sequence: UInt16, timestamp: UInt32)? {
        guard case .packet(let plain) = back.open(packet), plain.count >= 12 else { return nil }
        let word = { (offset: Int) in plain[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } }
        return (word(8), UInt16(truncatingIfNeeded: word(0)), word(4))
    }

    func hearsControl(_ packet: [UInt8]) -> Result { back.openControl(packet) }

    /// The types of the packets of an RTCP compound that came.
    func hearsReports(_ packet: [UInt8]) -> [UInt8] {
        guard case .packet(let plain) = back.openControl(packet) else { return [] }
        return Packets.parts(of: plain).map { $0[1] }
    }
}

/// What the relay did with a packet: what it sent, where to and from which port.
enum Seen: Equatable {
    case sent([UInt8], SocketAddress, MediaPort)
    /// Without encryption, from a socket of a plain leg.
    case plain([UInt8], SocketAddress, PlainSocket)
    /// Handed to the studio.
    case heard([UInt8], RelayID)
    /// A word of a handshake.
    case posted
    case dropped(DropReason)

    var packet: [UInt8] {
        switch self {
        case .sent(let bytes, _, _), .plain(let bytes, _, _), .heard(let bytes, _): bytes
        case .posted, .dropped: []
        }
    }

    var destination: String? {
        switch self {
        case .sent(_, let to, let port): "\(to) by \(port)"
        case .plain(_, let to, let socket): "\(to) by \(socket.port) of \(socket.pair)"
        case .heard, .posted, .dropped: nil
        }
    }

    var reason: DropReason? {
        switch self {
        case .sent, .plain, .heard, .posted: nil
        case .dropped(let reason): reason
        }
    }
}

/// A relay with a clock that a test moves. A class, because the test macros do not take values that cannot be copied.
final class Stage {
    private var relay: MediaRelay
    private(set) var now = MonotonicTime(nanoseconds: 1_000_000_000)

    init(capacity: Int = 8, share: RelayShare = .whole, plain: [PlainPorts] = []) {
        var generator = SplitMix()
        relay = MediaRelay(capacity: capacity, share: share, plain: plain, using: &generator)
    }

    /// The usual call: both phones where signalling says, the second on another suite.
    static func call() -> (stage: Stage, alice: Phone, bob: Phone) {
        let stage = Stage()
        let alice = Phone("192.0.2.1:4000", suite: .aes256gcm, seed: 1)
        let bob = Phone("192.0.2.2:5000", suite: .aes128cmSHA1_80, seed: 2)
        stage.apply(.open(RelayID(rawValue: 1), a: .network(alice.media()), b: .network(bob.media())))
        return (stage, alice, bob)
    }

    /// The same after each has sent its first packet.
    static func talking() -> (stage: Stage, alice: Phone, bob: Phone) {
        let (stage, alice, bob) = call()
        _ = stage.receive(alice.rtp(0), from: alice)
        _ = stage.receive(bob.rtp(0, source: 0xB0B), from: bob)
        return (stage, alice, bob)
    }

    @discardableResult
    func apply(_ command: RelayCommand) -> Bool { relay.apply(command, at: now) }

    func wait(_ duration: Duration) { now = now + duration }

    func receive(_ packet: [UInt8], from phone: Phone, port: MediaPort = .rtp) -> Seen {
        receive(packet, from: phone.address, port: port)
    }

    func receive(_ packet: [UInt8], from source: String, port: MediaPort = .rtp) -> Seen {
        receive(packet, from: Phone.parse(source), port: port)
    }

    /// - Parameter room: Bytes behind the packet, beside what protection needs.
    func receive(_ packet: [UInt8], from source: SocketAddress, port: MediaPort, room: Int = 40) -> Seen {
        var buffer = packet + Array(repeating: 0, count: RelayLimits.protectionOverhead + room)
        var span = buffer.mutableSpan
        return seen(relay.receive(&span, length: packet.count, from: source, port: port, at: now), buffer)
    }

    /// What comes to a port of a plain leg.
    func receive(_ packet: [UInt8], from source: String, pair: Int, port: MediaPort = .rtp) -> Seen {
        var buffer = packet + Array(repeating: 0, count: RelayLimits.protectionOverhead + 40)
        let (from, socket) = (Phone.parse(source), PlainSocket(pair: pair, port: port))
        var span = buffer.mutableSpan
        return seen(relay.receive(&span, length: packet.count, from: from, on: socket, at: now), buffer)
    }

    private func seen(_ outcome: RelayOutcome, _ buffer: [UInt8]) -> Seen {
        switch outcome {
        case .drop(let reason): .dropped(reason)
        case .forward(let length, let to, let port): .sent(Array(buffer.prefix(length)), to, port)
        case .forwardPlain(let length, let to, let socket): .plain(Array(buffer.prefix(length)), to, socket)
        case .hear(let length, let id): .heard(Array(buffer.prefix(length)), id)
        case .handshake: .posted
        }
    }

    /// What the studio says in a call.
    func speak(_ packet: [UInt8], index: UInt64, in id: RelayID = RelayID(rawValue: 1)) -> Seen {
        var buffer = packet + Array(repeating: 0, count: RelayLimits.protectionOverhead)
        var span = buffer.mutableSpan
        return seen(relay.speak(&span, length: packet.count, index: index, in: id, at: now), buffer)
    }

    func takeHandshakes() -> [HandshakeDatagram] { relay.takeHandshakes() }

    /// A second of the loop.
    @discardableResult
    func wake() -> [RelayID] { relay.wake(at: now) }

    func takePortChanges() -> [PlainPortChange] { relay.takePortChanges() }

    func report(_ id: UInt64 = 1) -> RelayReport? {
        var reports: [RelayReport] = []
        relay.reports(into: &reports)
        return reports.first { $0.id.rawValue == id }
    }

    /// The numbers of those that are open.
    var open: [UInt64] {
        var reports: [RelayReport] = []
        relay.reports(into: &reports)
        return reports.map(\.id.rawValue)
    }

    var counters: RelayCounters { relay.counters }
    var count: Int { relay.count }
}
