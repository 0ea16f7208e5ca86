// SPDX-License-Identifier: Apache-2.0

import Calls
import Glibc
import Guard
import Model
import NIOCore
import NIOPosix
import NIOSSL
import Primitives

/// The sockets that accept SIP, on one loop.
///
/// TLS is always open: here, or at the ``Reception`` that several businesses share, which hands over what it accepts. TCP and
/// UDP open only for an exception that holds, and close when it ends.
final class ListenerSockets {
    private struct Open {
        let listener: Listener
        let channel: any Channel
    }

    private let loop: SignallingLoop
    /// Pages of these sites may open WebSockets.
    var origins: [WebOrigin]
    /// What new connections are shown.
    var identity: TLSIdentity
    private var encrypted: [Open] = []
    /// Where others accept for us.
    var shared: [EncryptedListener] = []
    /// By exception.
    private var clear: [Open] = []
    /// Numbers of datagram listeners that are open or being opened.
    private var numbers: Set<UInt16> = []
    private var isClosed = false

    init(loop: SignallingLoop, origins: [WebOrigin], identity: TLSIdentity) {
        (self.loop, self.origins, self.identity) = (loop, origins, identity)
    }

    /// What is open, for the audit and the comparison with the kernel's list.
    var listeners: [Listener] { (encrypted + clear).map(\.listener) + shared.map(\.listener) }

    /// Opens the encrypted listeners.
    func open(_ sockets: [BoundListener]) -> EventLoopFuture<Void> {
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        let opened = sockets.map { wanted in
            streams(wanted.encrypted.transport, clients: wanted.clients).withBoundSocket(wanted.socket.descriptor).map {
                channel in
                wanted.socket.setBacklog()
                bound.value.encrypted.append(Open(listener: wanted.encrypted.listener, channel: channel))
            }
        }
        return EventLoopFuture.andAllSucceed(opened, on: loop.eventLoop)
    }

    /// Opens what an exception allows and is not open, closes what none allows any longer.
    ///
    /// - Returns: The addresses that could not be opened, with the reason.
    func open(_ wanted: [Listener]) -> EventLoopFuture<[(Listener, String)]> {
        for stale in clear where !wanted.contains(stale.listener) { stale.channel.close(promise: nil) }
        clear.removeAll { !wanted.contains($0.listener) }
        let missing = wanted.filter { listener in !clear.contains { $0.listener == listener } }
        let attempts = missing.map { listener in
            openClear(listener).map { nil as String? }.flatMapErrorThrowing { "\($0)" }
        }
        return EventLoopFuture.whenAllSucceed(attempts, on: loop.eventLoop).map { problems in
            zip(missing, problems).compactMap { listener, problem in problem.map { (listener, $0) } }
        }
    }

    func close() {
        for socket in encrypted + clear { socket.channel.close(promise: nil) }
        (encrypted, clear, shared) = ([], [], [])
        isClosed = true
    }

    private func openClear(_ listener: Listener) -> EventLoopFuture<Void> {
        guard let address = Primitives.SocketAddress(parsing: listener.address) else {
            return loop.eventLoop.makeFailedFuture(ListenerProblem.unreadableAddress)
        }
        switch listener.purpose {
        case .sipTCP: return keep(streams(.tcp, clients: nil).bind(to: address), as: listener)
        case .sipUDP: return bindDatagrams(address, as: listener)
        case .sipTLS, .sipWSS, .media, .plainMedia, .portal:
            return loop.eventLoop.makeFailedFuture(ListenerProblem.notAnException)
        }
    }

    private func keep(_ channel: EventLoopFuture<any Channel>, as listener: Listener) -> EventLoopFuture<Void> {
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        return channel.map { channel in bound.value.clear.append(Open(listener: listener, channel: channel)) }
    }

    // MARK: Streams

    /// - Parameter clients: `nil` without TLS.
    private func streams(_ transport: Transport, clients: ClientCertificates?) -> ServerBootstrap {
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        return ServerBootstrap(group: loop.eventLoop)
            .serverChannelOption(.backlog, value: Limits.backlog)
            .serverChannelOption(.maxMessagesPerRead, value: Limits.acceptsPerTurn)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause())
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let remote = channel.remoteAddress.flatMap(Primitives.SocketAddress.init),
                        let local = channel.localAddress.flatMap(Primitives.SocketAddress.init)
                    else { throw ListenerProblem.refused }
                    try bound.value.set(up: channel, remote, local, transport, clients)
                }
            }
    }

    /// Serves a connection that somebody else accepted.
    func take(_ accepted: AcceptedSocket, from listener: EncryptedListener) {
        guard !isClosed else { return }
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        // What goes wrong closes the connection, and is nothing to report: a peer that has hung up already.
        _ = ClientBootstrap(group: loop.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (remote, local) = (accepted.remote, accepted.local)
                    try bound.value.set(up: channel, remote, local, listener.transport, listener.clients)
                }
            }
            .withConnectedSocket(accepted.take())
    }

    /// Puts together one accepted connection. Throwing closes it.
    private func set(
        up channel: any Channel,
        _ remote: Primitives.SocketAddress,
        _ local: Primitives.SocketAddress,
        _ transport: Transport,
        _ clients: ClientCertificates?
    ) throws {
        try Self.setOptions(of: channel)
        guard let connection = loop.accept(transport: transport, remote: remote, local: local) else {
            throw ListenerProblem.refused
        }
        let pipeline = channel.pipeline.syncOperations
        if let clients {
            var settings = NIOSSLHandler.Configuration()
            settings.maximumPreservedOutboundBufferCapacity = Limits.preservedOutput
            try pipeline.addHandler(NegotiatedCipher { [unowned connection] in connection.negotiated(cipher: $0) })
            try pipeline.addHandler(
                NIOSSLServerHandler(context: identity.context(for: clients), configuration: settings)
            )
        }
        if transport == .wss { try pipeline.addHandler(WebSocketHandler(for: connection, origins: origins)) }
        try pipeline.addHandler(connection)
    }

    static func setOptions(of channel: any Channel) throws {
        let userTimeout = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_USER_TIMEOUT))
        guard let options = channel.syncOptions else { throw ListenerProblem.refused }
        try options.setOption(.tcpOption(.tcp_nodelay), value: 1)
        try options.setOption(.socketOption(.so_keepalive), value: 1)
        try options.setOption(.socketOption(.so_sndbuf), value: Limits.kernelBuffer)
        try options.setOption(.socketOption(.so_rcvbuf), value: Limits.kernelBuffer)
        try options.setOption(userTimeout, value: Int(Limits.unread / .milliseconds(1)))
        try options.setOption(.recvAllocator, value: FleetingReads())
        // As many buffers would be kept.
        try options.setOption(.maxMessagesPerRead, value: 1)
        try options.setOption(.writeBufferWaterMark, value: .init(low: Limits.slowWrites / 2, high: Limits.slowWrites))
    }

    // MARK: Datagrams

    private func bindDatagrams(_ address: Primitives.SocketAddress, as listener: Listener) -> EventLoopFuture<Void> {
        guard let number = (1...DatagramListener.lastNumber).first(where: { !numbers.contains($0) }) else {
            return loop.eventLoop.makeFailedFuture(ListenerProblem.refused)
        }
        numbers.insert(number)
        let bound = NIOLoopBound(loop, eventLoop: loop.eventLoop)
        let channel = DatagramBootstrap(group: loop.eventLoop)
            .channelOption(.datagramVectorReadMessageCount, value: Limits.datagramsPerRead)
            // One call takes them all; a second would find nothing, or keep others waiting.
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: Limits.datagramsPerRead * Limits.datagram)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let listener = DatagramListener(number: number, local: address, loop: bound.value)
                    try channel.pipeline.syncOperations.addHandler(listener)
                }
            }
            .bind(to: address)
        let sockets = NIOLoopBound(self, eventLoop: loop.eventLoop)
        channel.flatMap(\.closeFuture).whenComplete { _ in sockets.value.numbers.remove(number) }
        return keep(channel, as: listener)
    }
}

/// Why a socket or a connection was not opened.
enum ListenerProblem: Error, CustomStringConvertible {
    case refused
    case unreadableAddress
    case notAnException

    var description: String {
        switch self {
        case .refused: "too many connections from there, or too many in all"
        case .unreadableAddress: "the address is not of the form 192.0.2.1:5060"
        case .notAnException: "this kind of listener needs no exception"
        }
    }
}

extension ServerBootstrap {
    fileprivate func bind(to address: Primitives.SocketAddress) -> EventLoopFuture<any Channel> {
        bind(host: address.ip.description, port: Int(address.port))
    }
}

extension DatagramBootstrap {
    fileprivate func bind(to address: Primitives.SocketAddress) -> EventLoopFuture<any Channel> {
        bind(host: address.ip.description, port: Int(address.port))
    }
}
