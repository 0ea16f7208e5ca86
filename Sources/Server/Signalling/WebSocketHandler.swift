// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import NIOCore
import SIP

/// SIP in WebSockets (RFC 7118): stands between TLS and the ``Connection``, opens the WebSocket, hands whole messages to
/// the connection and puts what it sends into frames.
///
/// Only connections of a WSS listener have one; the others pay nothing for it. What a peer can make it keep is one request
/// or one unfinished message, up to the limits of `SIP`, and the connection's deadlines run meanwhile.
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// Until the request that opens it is complete.
        case opening
        case open(WebSocketReceiver)
        /// We or the peer have taken leave: nothing is read any more.
        case over
    }

    private var phase = Phase.opening
    private let connection: Connection
    private let origins: [WebOrigin]
    /// The beginning of something whose end has not come.
    private var bytes: [UInt8] = []
    /// Bytes that the loop counts as kept for this peer: those, and the pieces of a message.
    private var told = 0

    init(for connection: Connection, origins: [WebOrigin]) {
        (self.connection, self.origins) = (connection, origins)
    }

    // MARK: What comes in

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard connection.isOpen else { return }
        readOn(unwrapInboundIn(data), context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is Connection.HeardAgain { readOn(ByteBuffer(), context) }
        context.fireUserInboundEventTriggered(event)
    }

    /// Reads what waits, and what came after it.
    private func readOn(_ arrived: ByteBuffer, _ context: ChannelHandlerContext) {
        // Taken out while it is read: what a message leads to may come back here.
        var buffer = bytes
        forget()
        buffer.append(contentsOf: arrived.readableBytesView)
        let used = read(&buffer, context)
        guard connection.isOpen else { return }
        buffer.removeFirst(used)
        bytes = buffer
        told = buffer.count + heldBytes
        if told > 0 { connection.loop.keeps(connection, told) }
    }

    /// Of a message that comes in pieces.
    private var heldBytes: Int {
        switch phase {
        case .open(let receiver): receiver.heldBytes
        case .opening, .over: 0
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { forget() }

    private func forget() {
        connection.loop.unfinished -= told
        (bytes, told) = ([], 0)
    }

    /// - Returns: How many bytes are done with.
    private func read(_ buffer: inout [UInt8], _ context: ChannelHandlerContext) -> Int {
        var offset = 0
        if case .opening = phase { offset = open(buffer, context) }
        if case .open = phase { receive(&buffer, from: &offset, context) }
        return offset
    }

    private func open(_ buffer: [UInt8], _ context: ChannelHandlerContext) -> Int {
        do throws(WebSocketOpening.Refusal) {
            guard let (opening, length) = try WebSocketOpening.read(buffer.span) else { return 0 }
            guard OriginRules.allows(opening.origin, among: origins) else { throw .forbidden }
            phase = .open(WebSocketReceiver())
            send(opening.response, context)
            return length
        } catch {
            phase = .over
            send(error.response, context)
            connection.turnedAway()
            return buffer.count
        }
    }

    private func receive(_ buffer: inout [UInt8], from offset: inout Int, _ context: ChannelHandlerContext) {
        do throws(WebSocketError) {
            while connection.isOpen, !connection.isHeldBack, case .open(var receiver) = phase {
                let event = try receiver.next(&buffer, at: &offset)
                phase = .open(receiver)
                guard let event else { return }
                take(event, buffer, context)
            }
        } catch {
            leave(error.rawValue, context)
            connection.broke("a WebSocket broke the protocol (close code \(error.rawValue))")
        }
    }

    private func take(_ event: WebSocketReceiver.Event, _ buffer: [UInt8], _ context: ChannelHandlerContext) {
        switch event {
        case .message(let range): connection.receive(buffer.span.extracting(range))
        case .joined(let message): connection.receive(message.span)
        case .ping(let payload):
            if connection.mayAnswer(payload.count) { send(WebSocketWriter.pong(buffer[payload]), context) }
        case .pong:
            _ = connection.mayAnswer(0)
        case .close(let code):
            // §5.5.1: answered with the same code; then the server closes first (§7.1.1).
            leave(code ?? 1000, context)
            connection.close()
        }
    }

    // MARK: What goes out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .open = phase else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        let message = unwrapOutboundIn(data)
        let head = WebSocketWriter.messageHead(message.readableBytesUInt8Span)
        var frame = context.channel.allocator.buffer(capacity: head.count + message.readableBytes)
        frame.writeBytes(head)
        frame.writeImmutableBuffer(message)
        context.write(wrapOutboundOut(frame), promise: promise)
    }

    /// Whoever closes says so (§7.1.2): 1001, because we are going away and not the peer.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if case .open = phase { leave(1001, context) }
        context.close(mode: mode, promise: promise)
    }

    private func leave(_ code: UInt16, _ context: ChannelHandlerContext) {
        phase = .over
        send(WebSocketWriter.close(code), context)
    }

    private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }
}
