// SPDX-License-Identifier: Apache-2.0

import Calls
import NIOCore
import Primitives

/// SIP over UDP (RFC 3261 §18), for the legacy devices of a dated exception.
///
/// A peer is its address. An IPv4 address is in its ``FlowID``, so nothing is kept for anybody who sends a packet; for
/// IPv6, which has no room there, there is a table of fixed size.
final class DatagramListener: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    /// The largest that a ``FlowID`` has room for.
    static let lastNumber: UInt16 = 0x7FFF
    /// Which listener of the loop this is.
    let number: UInt16
    private let loop: SignallingLoop
    private let local: Primitives.SocketAddress
    private var context: ChannelHandlerContext?
    private var peers: DatagramPeers
    /// Who sent the last datagram, most often the next one to be answered, as the kernel named it.
    private var last: (id: FlowID, address: NIOCore.SocketAddress)?
    private var awaitsFlush = false

    init(number: UInt16, local: Primitives.SocketAddress, loop: SignallingLoop) {
        (self.number, self.local, self.loop) = (number, local, loop)
        peers = DatagramPeers(capacity: local.ip.isIPv4 ? 0 : Limits.datagramPeers)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.remove(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        let now = SystemClock.now
        guard let remote = Primitives.SocketAddress(envelope.remoteAddress),
            let id = flowID(of: remote, at: now.monotonic)
        else { return }
        last = (id, envelope.remoteAddress)
        let flow = Flow(id: id, transport: .udp, remote: remote, local: local)
        loop.receive(envelope.data.readableBytesUInt8Span, on: flow, at: now)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        loop.endTurn()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // ICMP errors of earlier packets arrive here; the listener stays.
    }

    /// Queues a datagram; it leaves at the end of the turn.
    func send(_ bytes: [UInt8], to id: FlowID) {
        guard let context, let remote = last?.id == id ? last?.address : address(of: id).map(NIOCore.SocketAddress.init)
        else { return }
        let envelope = AddressedEnvelope(remoteAddress: remote, data: ByteBuffer(bytes: bytes))
        context.write(wrapOutboundOut(envelope), promise: nil)
        awaitsFlush = true
    }

    /// `nil` for a peer that is not known any more.
    func flow(_ id: FlowID) -> Flow? {
        address(of: id).map { Flow(id: id, transport: .udp, remote: $0, local: local) }
    }

    func flush() {
        guard awaitsFlush else { return }
        awaitsFlush = false
        context?.flush()
    }

    /// The peer is a phone that showed a valid credential, and is reached until it has been silent for too long.
    func keep(_ id: FlowID, at now: MonotonicTime) {
        if !local.ip.isIPv4 { peers.keep(Self.peer(of: id), until: now + Limits.phoneIdle) }
    }

    // MARK: Identifiers: 1 bit, the listener (15), then for IPv4 the address (32) and the port (16), for IPv6 a serial number

    private func flowID(of remote: Primitives.SocketAddress, at now: MonotonicTime) -> FlowID? {
        let peer: UInt64
        if let v4 = remote.ip.v4 {
            peer = UInt64(v4) << 16 | UInt64(remote.port)
        } else {
            guard let serial = peers.serial(of: remote, at: now) else { return nil }
            peer = serial
        }
        return FlowID(rawValue: ConnectionTable.datagramBit | UInt64(number) << 48 | peer)
    }

    private static func peer(of id: FlowID) -> UInt64 { id.rawValue & (1 << 48 - 1) }

    static func number(of id: FlowID) -> UInt16 {
        UInt16(truncatingIfNeeded: id.rawValue >> 48) & 0x7FFF
    }

    private func address(of id: FlowID) -> Primitives.SocketAddress? {
        guard local.ip.isIPv4 else { return peers.address(of: Self.peer(of: id)) }
        let ip = IPAddress(v4: UInt32(truncatingIfNeeded: id.rawValue >> 16))
        return Primitives.SocketAddress(ip: ip, port: UInt16(truncatingIfNeeded: id.rawValue))
    }
}
