// SPDX-License-Identifier: Apache-2.0

import Audit
import NIOCore
import NIOSSL
import NIOTLS
import Primitives

/// What arrived on one link of the attacker and was not taken yet, with the one who waits for it.
///
/// Everything in it happens on the link's loop; moments are taken there too, next to the socket, so that measurements do
/// not contain the way through the rest of the process.
final class LinkInbox: @unchecked Sendable {
    /// Bytes kept for somebody who does not fetch them: what a target says may be without end.
    private static let capacity = 1 << 20

    let loop: any EventLoop
    private var arrivals: [Arrival] = []
    private var held = 0
    private var isClosed = false
    private var waiting: (promise: EventLoopPromise<Arrival>, timer: Scheduled<Void>)?
    private let handshake: EventLoopPromise<Void>

    init(loop: any EventLoop, awaitsTLS: Bool) {
        self.loop = loop
        handshake = loop.makePromise()
        if !awaitsTLS { handshake.succeed() }
    }

    // MARK: From anywhere

    func secured() async throws {
        let timer = loop.scheduleTask(in: .seconds(5)) { self.handshake.fail(WireError(.timedOut, "TLS: no answer")) }
        defer { timer.cancel() }
        try await handshake.futureResult.get()
    }

    /// - Returns: When the bytes were handed to the channel.
    func send(
        _ bytes: [UInt8],
        on channel: any Channel,
        to target: NIOCore.SocketAddress?
    ) -> EventLoopFuture<MonotonicTime> {
        loop.flatSubmit {
            let buffer = channel.allocator.buffer(bytes: bytes)
            let moment = SystemClock.monotonic
            let sent: EventLoopFuture<Void> =
                if let target {
                    channel.writeAndFlush(AddressedEnvelope(remoteAddress: target, data: buffer))
                } else {
                    channel.writeAndFlush(buffer)
                }
            return sent.map { moment }
        }
    }

    func receive(within patience: Duration) async -> Arrival {
        let future = loop.flatSubmit { self.take(within: patience) }
        return (try? await future.get()) ?? .closed
    }

    // MARK: On the loop

    private func take(within patience: Duration) -> EventLoopFuture<Arrival> {
        if !arrivals.isEmpty {
            let first = arrivals.removeFirst()
            if case .bytes(let bytes, _) = first { held -= bytes.count }
            return loop.makeSucceededFuture(first)
        }
        if isClosed { return loop.makeSucceededFuture(.closed) }
        let promise = loop.makePromise(of: Arrival.self)
        let (seconds, attoseconds) = max(patience, .zero).components
        let delay = TimeAmount.nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        // Only one ever waits on a link; a second one sends the first away.
        waiting?.timer.cancel()
        waiting?.promise.succeed(.silence)
        let timer = loop.scheduleTask(in: delay) {
            self.waiting = nil
            promise.succeed(.silence)
        }
        waiting = (promise, timer)
        return promise.futureResult
    }

    func arrived(_ bytes: [UInt8]) {
        give(.bytes(bytes, at: SystemClock.monotonic), size: bytes.count)
    }

    func closed() {
        handshake.fail(WireError(.refused, "closed during the handshake"))
        guard !isClosed else { return }
        isClosed = true
        if waiting != nil { give(.closed, size: 0) }
    }

    func handshakeCompleted() { handshake.succeed() }
    func failed(_ error: any Error) { handshake.fail(error) }

    private func give(_ arrival: Arrival, size: Int) {
        if let waiting {
            self.waiting = nil
            waiting.timer.cancel()
            waiting.promise.succeed(arrival)
        } else if held + size <= Self.capacity {
            held += size
            arrivals.append(arrival)
        }
    }
}

/// The end of a TCP or TLS connection.
final class StreamLinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let inbox: LinkInbox

    init(_ inbox: LinkInbox) { self.inbox = inbox }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        inbox.arrived(Array(unwrapInboundIn(data).readableBytesView))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { inbox.handshakeCompleted() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        inbox.closed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        inbox.failed(error)
        context.close(promise: nil)
    }
}

/// A socket that hears everybody.
final class DatagramLinkHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    private let inbox: LinkInbox

    init(_ inbox: LinkInbox) { self.inbox = inbox }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        inbox.arrived(Array(unwrapInboundIn(data).data.readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) {
        inbox.closed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
