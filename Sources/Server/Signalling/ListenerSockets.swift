// SPDX-License-Identifier: Apache-2.0

import Calls
import Glibc
import Guard
import NIOCore
import NIOPosix
import NIOSSL
import Primitives

/// The sockets that accept SIP, on one loop.
///
/// TLS is always open. TCP and UDP open only for an exception that holds, and close when it ends.
final class ListenerSockets {
    private struct Open {
        let listener: Listener
        let channel: any Channel
    }

    private let group: any EventLoopGroup
    private let loop: SignallingLoop
    private var open: [Open] = []
    private var datagramListeners: UInt16 = 0

    init(group: any EventLoopGroup, loop: SignallingLoop) {
        (self.group, self.loop) = (group, loop)
    }

    /// What is open, for the audit and the comparison with the kernel's list.
    var listeners: [Listener] { open.map(\.listener) }

    /// Opens the encrypted listener.
    func openTLS(_ socket: BoundSocket, identity: NIOSSLContext) -> EventLoopFuture<Void> {
        let listener = Listener(purpose: .sipTLS, address: socket.address.description)
        let channel = streams(.tls, identity: identity).withBoundSocket(socket.descriptor)
        return keep(channel, as: listener)
    }

    /// Opens what an exception allows and is not open, closes what none allows any longer.
    ///
    /// - Returns: The addresses that could not be opened, with the reason.
    func open(_ wanted: [Listener]) -> EventLoopFuture<[(Listener, String)]> {
        for stale in open where stale.listener.purpose != .sipTLS && !wanted.contains(stale.listener) {
            stale.channel.close(promise: nil)
        }
        open.removeAll { $0.listener.purpose != .sipTLS && !wanted.contains($0.listener) }
        let missing = wanted.filter { listener in !open.contains { $0.listener == listener } }
        let attempts = missing.map { listener in
            openClear(listener).map { nil as String? }.flatMapErrorThrowing { "\($0)" }
        }
        return EventLoopFuture.whenAllSucceed(attempts, on: loop.eventLoop).map { problems in
            zip(missing, problems).compactMap { listener, problem in problem.map { (listener, $0) } }
        }
    }

    func close() {
        for socket in open { socket.channel.close(promise: nil) }
        open = []
    }

    private func openClear(_ listener: Listener) -> EventLoopFuture<Void> {
        guard let address = Primitives.SocketAddress(parsing: listener.address) else {
            return loop.eventLoop.makeFailedFuture(ListenerProblem.unreadableAddress)
        }
        switch listener.purpose {
        case .sipTCP: return keep(streams(.tcp, identity: nil).bind(to: address), as: listener)
        case .sipUDP: return bindDatagrams(address, as: listener)
        case .sipTLS, .media: return loop.eventLoop.makeFailedFuture(ListenerProblem.notAnException)
        }
    }

    private func keep(_ channel: EventLoopFuture<any Channel>, as listener: Listener) -> EventLoopFuture<Void> {
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        return channel.map { channel in bound.value.open.append(Open(listener: listener, channel: channel)) }
    }

    // MARK: Streams

    private func streams(_ transport: Transport, identity: NIOSSLContext?) -> ServerBootstrap {
        let bound = NIOLoopBound(loop, eventLoop: loop.eventLoop)
        let userTimeout = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_USER_TIMEOUT))
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Limits.backlog)
            .serverChannelOption(.maxMessagesPerRead, value: Limits.acceptsPerTurn)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.socketOption(.so_sndbuf), value: Limits.kernelBuffer)
            .childChannelOption(userTimeout, value: Int(Limits.unread / .milliseconds(1)))
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Limits.read))
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(low: Limits.slowWrites / 2, high: Limits.slowWrites)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.set(up: channel, transport: transport, identity: identity, loop: bound.value)
                }
            }
    }

    /// Puts together one accepted connection. Throwing closes it.
    private static func set(
        up channel: any Channel,
        transport: Transport,
        identity: NIOSSLContext?,
        loop: SignallingLoop
    ) throws {
        guard let remote = channel.remoteAddress.flatMap(Primitives.SocketAddress.init),
            let local = channel.localAddress.flatMap(Primitives.SocketAddress.init),
            let connection = loop.accept(transport: transport, remote: remote, local: local)
        else { throw ListenerProblem.refused }
        let pipeline = channel.pipeline.syncOperations
        if let identity {
            var settings = NIOSSLHandler.Configuration()
            settings.maximumPreservedOutboundBufferCapacity = Limits.preservedOutput
            try pipeline.addHandler(NegotiatedCipher { [unowned connection] in connection.negotiated(cipher: $0) })
            try pipeline.addHandler(NIOSSLServerHandler(context: identity, configuration: settings))
        }
        try pipeline.addHandler(connection)
    }

    // MARK: Datagrams

    private func bindDatagrams(_ address: Primitives.SocketAddress, as listener: Listener) -> EventLoopFuture<Void> {
        guard address.ip.isIPv4 else { return loop.eventLoop.makeFailedFuture(ListenerProblem.notIPv4) }
        datagramListeners += 1
        let number = datagramListeners
        let bound = NIOLoopBound(loop, eventLoop: loop.eventLoop)
        let channel = DatagramBootstrap(group: group)
            .channelOption(.datagramVectorReadMessageCount, value: Limits.datagramsPerRead)
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
        return keep(channel, as: listener)
    }
}

/// Why a socket or a connection was not opened.
enum ListenerProblem: Error, CustomStringConvertible {
    case refused
    case unreadableAddress
    case notAnException
    case notIPv4

    var description: String {
        switch self {
        case .refused: "too many connections from there, or too many in all"
        case .unreadableAddress: "the address is not of the form 192.0.2.1:5060"
        case .notAnException: "this kind of listener needs no exception"
        case .notIPv4: "SIP over UDP is offered on IPv4 addresses only"
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
