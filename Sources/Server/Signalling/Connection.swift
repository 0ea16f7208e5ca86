// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import NIOCore
import NIOSSL
import NIOTLS
import Primitives
import SIP

/// One connection: cuts its bytes into messages and holds what is known of its peer.
///
/// Belongs to the loop of its channel and is used nowhere else. Between messages it holds no buffer of its own; the bytes
/// of an unfinished message are the only thing that a peer can make it keep, up to the framer's limit.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Why a connection ended, for the counters.
    enum End: Sendable {
        /// By us as the phone system asked, or by the peer.
        case regular
        case malformed
        case overdue
        case slowReader
        /// Its source was shut out.
        case banned
        /// It went on long after it was not heard any more.
        case overBudget
        /// It had shown least, for longest, when there was no room for the next one.
        case crowdedOut
    }

    let id: FlowID
    private(set) var flow: Flow
    private(set) var isOpen = true
    private(set) var isSlow = false
    /// Whether the loop already knows that something is to be flushed.
    var awaitsFlush = false
    /// Whether the loop looks later whether the peer has read.
    var isWatched = false
    /// Whether the gate counts it among the authenticated.
    var isCountedAsPhone = false
    var standing: Standing
    /// Whether we opened it, to a provider: it takes no place of those who come.
    let isOutgoing: Bool
    /// Of a provider that we connected to: whose certificate it showed.
    var verified: DomainName?
    /// What places it may take while it has shown no credential.
    let origin: ConnectionGate.Origin
    /// Of the login that was shown over it last; a stranger's is that of its source.
    var budget: LoginBudget?
    /// Whose it is.
    var login: DeviceID?
    /// Messages of a stranger that were read.
    var heard = 0
    /// Whether a ban of its source does not end it, because somebody there may call for help.
    var mayBeShutOut = false
    /// Messages of a stranger that were not read.
    var dropped = 0
    /// Whether the phone is not read for a moment, because it has used up its budget.
    private(set) var isHeldBack = false

    let loop: SignallingLoop
    private var context: ChannelHandlerContext?
    private var framer = StreamFramer()
    /// The beginning of a message whose end has not come.
    private var partial: [UInt8] = []

    init(
        flow: Flow,
        from origin: ConnectionGate.Origin,
        loop: SignallingLoop,
        at now: MonotonicTime,
        isOutgoing: Bool = false
    ) {
        self.isOutgoing = isOutgoing
        self.id = flow.id
        self.flow = flow
        self.loop = loop
        self.origin = origin
        // Phones are expected from there: it has the patience of a friend.
        let isExpected = origin != .anywhere
        standing = Standing(opened: now, isSecured: !flow.transport.isEncrypted, isExpected: isExpected)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        isOpen = false
        loop.closed(self)
    }

    // MARK: What comes in

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isOpen else { return }
        let arrived = unwrapInboundIn(data)
        guard partial.isEmpty else { return readOn(arrived) }
        let used = consume(arrived.readableBytesUInt8Span, at: SystemClock.now)
        if isOpen, used < arrived.readableBytes { keep(Array(arrived.readableBytesView.dropFirst(used))) }
    }

    /// Reads what waits, and what came after it.
    private func readOn(_ arrived: ByteBuffer) {
        // Taken out of the connection while it is read: what a message leads to may come back here.
        var joined = partial
        forget()
        joined.append(contentsOf: arrived.readableBytesView)
        let used = consume(joined.span, at: SystemClock.now)
        guard isOpen, used < joined.count else { return }
        joined.removeFirst(used)
        keep(joined)
    }

    private func keep(_ bytes: [UInt8]) {
        partial = bytes
        loop.keeps(self, bytes.count)
    }

    private func forget() {
        loop.unfinished -= partial.count
        partial = []
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        loop.endTurn()
    }

    /// Hands every complete message to the loop.
    ///
    /// - Returns: How many bytes are done with.
    private func consume(_ bytes: Span<UInt8>, at now: Moment) -> Int {
        var offset = 0
        do {
            while isOpen, !isHeldBack, offset < bytes.count {
                switch try framer.next(bytes.extracting(offset..<bytes.count)) {
                case .needMore: return offset
                case .blank(let length): offset += length
                case .keepAlive(let length):
                    offset += length
                    loop.keepAlive(of: length, on: self, at: now)
                case .message(let length):
                    let message = bytes.extracting(offset..<offset + length)
                    offset += length
                    loop.receive(message, on: self, at: now)
                }
            }
        } catch {
            loop.unframed(self, bytes.extracting(offset..<bytes.count), error, at: now)
            end(.malformed)
        }
        return offset
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted: secured(context)
        case is HeardAgain: readOn(ByteBuffer())
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func secured(_ context: ChannelHandlerContext) {
        let version = try? context.pipeline.syncOperations.nioSSL_tlsVersion()
        flow = Flow(
            id: id,
            transport: flow.transport,
            remote: flow.remote,
            local: flow.local,
            tlsVersion: version?.name,
            cipher: flow.cipher
        )
        loop.secured(self)
    }

    func negotiated(cipher: String) {
        flow = Flow(
            id: id,
            transport: flow.transport,
            remote: flow.remote,
            local: flow.local,
            tlsVersion: flow.tlsVersion,
            cipher: cipher
        )
    }

    // MARK: A phone that says too much

    /// A phone's pause is over: what was read before it is heard now.
    struct HeardAgain {}

    /// Reads nothing for a moment. What has come waits here, what the phone says meanwhile waits in the kernels of both
    /// sides, and TCP tells it: nothing is lost while the connection stands, and nothing grows.
    func holdBack(until end: MonotonicTime) {
        guard isOpen, !isHeldBack, let context else { return }
        isHeldBack = true
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(deadline: NIODeadline(end)) { self.hearAgain() }
    }

    private func hearAgain() {
        isHeldBack = false
        guard isOpen, let context else { return }
        context.pipeline.fireUserInboundEventTriggered(HeardAgain())
        if !isHeldBack { try? context.channel.syncOptions?.setOption(.autoRead, value: true) }
        loop.endTurn()
    }

    // MARK: What goes out

    /// Queues bytes; they leave when the loop flushes.
    func send(_ bytes: ByteBuffer) {
        guard isOpen, let context else { return }
        if isSlow, waiting(context) + bytes.readableBytes > Limits.pendingWrites { return end(.slowReader) }
        context.write(wrapOutboundOut(bytes), promise: nil)
        guard !awaitsFlush else { return }
        awaitsFlush = true
        loop.awaitsFlush(self)
    }

    func flush() {
        awaitsFlush = false
        context?.flush()
    }

    private func waiting(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isSlow = !context.channel.isWritable
        if isSlow { loop.isSlow(self) }
        context.fireChannelWritabilityChanged()
    }

    // MARK: The end

    /// Sends what is queued and takes leave as TLS wants it.
    func close() {
        guard isOpen, let context else { return }
        isOpen = false
        forget()
        context.flush()
        context.close(promise: nil)
    }

    /// Closes at once: no close_notify is owed to a peer that breaks the rules.
    func end(_ reason: End) {
        guard isOpen else { return }
        isOpen = false
        forget()
        loop.count(reason)
        guard let context else { return loop.closed(self) }
        let operations = context.pipeline.syncOperations
        if let secured = try? operations.context(handlerType: NIOSSLServerHandler.self) {
            secured.close(promise: nil)
        } else if let secured = try? operations.context(handlerType: NIOSSLClientHandler.self) {
            secured.close(promise: nil)
        } else {
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOpen = false
        forget()
        loop.closed(self)
        context.fireChannelInactive()
    }

    /// NIO and NIOSSL report a broken connection here; a peer that hangs up without close_notify is nothing to report.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .handshakeFailed? = error as? NIOSSLError { loop.handshakeFailed(self) }
        end(.regular)
    }
}
