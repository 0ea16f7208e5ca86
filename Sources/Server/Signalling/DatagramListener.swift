// SPDX-License-Identifier: Apache-2.0

import Calls
import NIOCore
import Primitives

/// SIP over UDP (RFC 3261 §18), for the legacy devices of a dated exception.
///
/// A peer is its address: the ``FlowID`` holds it, so nothing is kept for anybody who sends a packet. IPv4 only, because
/// an IPv6 address has no room there and a device that needs this is older than IPv6.
final class DatagramListener: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    /// Which listener of the process this is, 0…32,767.
    let number: UInt16
    private let loop: SignallingLoop
    private let local: Primitives.SocketAddress
    private var context: ChannelHandlerContext?

    init(number: UInt16, local: Primitives.SocketAddress, loop: SignallingLoop) {
        (self.number, self.local, self.loop) = (number & 0x7FFF, local, loop)
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
        guard let remote = Primitives.SocketAddress(envelope.remoteAddress), let id = flowID(of: remote) else { return }
        let flow = Flow(id: id, transport: .udp, remote: remote, local: local)
        loop.receive(envelope.data.readableBytesUInt8Span, on: flow, at: SystemClock.now)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.flush()
        loop.endTurn()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // ICMP errors of earlier packets arrive here; the listener stays.
    }

    func send(_ bytes: [UInt8], to id: FlowID) {
        guard let context, let remote = try? NIOCore.SocketAddress(Self.address(of: id)) else { return }
        let envelope = AddressedEnvelope(remoteAddress: remote, data: ByteBuffer(bytes: bytes))
        context.writeAndFlush(wrapOutboundOut(envelope), promise: nil)
    }

    // MARK: Identifiers: 1 bit, the listener (15), the address (32), the port (16)

    private func flowID(of remote: Primitives.SocketAddress) -> FlowID? {
        guard let v4 = remote.ip.v4 else { return nil }
        let peer = UInt64(v4) << 16 | UInt64(remote.port)
        return FlowID(rawValue: ConnectionTable.datagramBit | UInt64(number) << 48 | peer)
    }

    static func number(of id: FlowID) -> UInt16 {
        UInt16(truncatingIfNeeded: id.rawValue >> 48) & 0x7FFF
    }

    private static func address(of id: FlowID) -> Primitives.SocketAddress {
        let ip = IPAddress(v4: UInt32(truncatingIfNeeded: id.rawValue >> 16))
        return Primitives.SocketAddress(ip: ip, port: UInt16(truncatingIfNeeded: id.rawValue))
    }
}
