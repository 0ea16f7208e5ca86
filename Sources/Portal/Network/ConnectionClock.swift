// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends a connection that takes too long: to shake hands and ask, to say all of its request, to read the answer.
final class ConnectionClock: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// For the next step of the request.
    private var step: Scheduled<Void>?
    /// For the peer to read.
    private var reading: Scheduled<Void>?
    private var isAsking = false
    /// Requests that are not answered yet.
    private var open = 0

    func handlerAdded(context: ChannelHandlerContext) { expect(within: Limits.firstHead, context) }

    func handlerRemoved(context _: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isAsking = true
            open += 1
            expect(within: Limits.wholeBody, context)
        case .body: break
        case .end:
            isAsking = false
            // It may have been answered before it was whole.
            if open == 0 { expect(within: Limits.nextHead, context) } else { step?.cancel() }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            open = max(0, open - 1)
            if open == 0, !isAsking { expect(within: Limits.nextHead, context) }
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        reading?.cancel()
        if !context.channel.isWritable { reading = close(context, after: Limits.unread) }
        context.fireChannelWritabilityChanged()
    }

    private func expect(within time: TimeAmount, _ context: ChannelHandlerContext) {
        step?.cancel()
        step = close(context, after: time)
    }

    private func close(_ context: ChannelHandlerContext, after time: TimeAmount) -> Scheduled<Void> {
        let channel = context.channel
        return context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }

    private func stop() {
        step?.cancel()
        reading?.cancel()
    }
}
