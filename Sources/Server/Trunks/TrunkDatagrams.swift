// SPDX-License-Identifier: Apache-2.0

import Calls
import NIOCore
import Primitives

/// SIP over UDP with a provider that has nothing better, for as long as its exception holds. The socket is connected: it hears
/// that one address and nobody else.
final class TrunkDatagrams: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    let flow: Flow
    private let loop: SignallingLoop
    private var budget = MessageBudget.trunk
    private var context: ChannelHandlerContext?
    private var awaitsFlush = false

    init(id: FlowID, remote: Primitives.SocketAddress, local: Primitives.SocketAddress, loop: SignallingLoop) {
        flow = Flow(id: id, transport: .udp, remote: remote, local: local)
        self.loop = loop
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.trunkDatagrams[flow.id] = self
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.closed(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        let now = SystemClock.now
        // What is over the budget is lost, as datagrams are.
        guard budget.spend(envelope.data.readableBytes, at: now.monotonic) == nil else { return loop.lostDatagram() }
        loop.receive(envelope.data.readableBytesUInt8Span, fromTrunk: flow, at: now)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        loop.endTurn()
    }

    /// Nobody listens there: an ICMP error of an earlier packet.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Queues a datagram; it leaves at the end of the turn.
    func send(_ bytes: [UInt8]) {
        guard let context else { return }
        let remote = NIOCore.SocketAddress(flow.remote)
        let envelope = AddressedEnvelope(remoteAddress: remote, data: ByteBuffer(bytes: bytes))
        context.write(wrapOutboundOut(envelope), promise: nil)
        awaitsFlush = true
    }

    func flush() {
        guard awaitsFlush else { return }
        awaitsFlush = false
        context?.flush()
    }

    func close() {
        flush()
        context?.close(promise: nil)
    }
}
