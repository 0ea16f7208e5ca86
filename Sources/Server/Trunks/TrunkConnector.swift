// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import NIOCore
import NIOPosix
import NIOSSL
import Primitives

/// Looks providers up and opens connections to them, for the switchboard of one loop.
///
/// A connection belongs to the trunk that it was opened for, and is never used for another name (row K03). Over which transport
/// it goes is decided by the settings; what fails over TLS is not tried without (row K04).
final class TrunkConnector {
    private struct Trust: Hashable {
        let authority: String?
        let showsCertificate: Bool
    }

    private let loop: SignallingLoop
    private let names: NameService
    /// What providers are shown that want to see a certificate.
    var identity: TLSIdentity { didSet { contexts = [:] } }
    /// Reading the machine's roots takes milliseconds.
    private var contexts: [Trust: NIOSSLContext] = [:]
    private var isClosed = false

    init(_ loop: SignallingLoop, names: NameService, identity: TLSIdentity) {
        (self.loop, self.names, self.identity) = (loop, names, identity)
    }

    /// Nothing is opened any more.
    func close() { isClosed = true }

    // MARK: What the switchboard wants

    func resolve(_ lookup: TrunkLookup) {
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        names.find(lookup, on: loop.eventLoop).whenComplete { result in
            let outcome = (try? result.get()) ?? .failure(.nameServerSilent)
            bound.value.tell { $0.resolved(lookup.attempt, outcome, &$1) }
        }
    }

    func connect(_ wanted: TrunkConnect) {
        switch wanted.transport {
        case .tls:
            let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
            context(for: wanted).whenComplete { result in
                switch result {
                case .success(let context): bound.value.serve(wanted, context)
                case .failure: bound.value.failed(wanted, Self.noRoots)
                }
            }
        case .tcp: serve(wanted, nil)
        case .udp: openDatagrams(wanted)
        }
    }

    // MARK: What people want to know

    func find(_ lookup: TrunkLookup) -> EventLoopFuture<Result<[TrunkServer], TrunkFailure>> {
        names.find(lookup, on: loop.eventLoop)
    }

    /// Opens a connection, looks who is there, and closes it.
    func reach(_ wanted: TrunkConnect) -> EventLoopFuture<Result<TrunkReach, TrunkFailure>> {
        let (bound, start) = (NIOLoopBound(self, eventLoop: loop.eventLoop), SystemClock.monotonic)
        let found = loop.eventLoop.makePromise(of: Result<TrunkReach, TrunkFailure>.self)
        let answer: (Result<TrunkPeer, TrunkFailure>) -> Void = { result in
            found.succeed(
                result.map { peer in
                    peer.channel.close(promise: nil)
                    return TrunkReach(version: peer.version, cipher: peer.cipher, took: SystemClock.monotonic - start)
                }
            )
        }
        let bearer = NIOLoopBound(answer, eventLoop: loop.eventLoop)
        guard wanted.transport == .tls else {
            open(wanted, nil, answer)
            return found.futureResult
        }
        context(for: wanted).whenComplete { result in
            switch result {
            case .success(let context): bound.value.open(wanted, context, bearer.value)
            case .failure: found.succeed(.failure(Self.noRoots))
            }
        }
        return found.futureResult
    }

    private static let noRoots = TrunkFailure.certificate(.other("the roots of this trunk cannot be read"))

    private func tell(_ input: (inout Switchboard, inout Turn) -> Void) {
        guard !isClosed else { return }
        loop.turn.begin(at: SystemClock.now)
        input(&loop.switchboard, &loop.turn)
        loop.carryOut()
        loop.endTurn()
    }

    private func failed(_ wanted: TrunkConnect, _ failure: TrunkFailure) {
        tell { $0.connectFailed(wanted.attempt, failure, &$1) }
    }

    // MARK: Streams

    private func context(for wanted: TrunkConnect) -> EventLoopFuture<NIOSSLContext> {
        let trust = Trust(authority: wanted.authority, showsCertificate: wanted.showsCertificate)
        if let context = contexts[trust] { return loop.eventLoop.makeSucceededFuture(context) }
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        let made = NameService.work(on: loop.eventLoop) { [identity] in
            try identity.client(trusting: trust.authority, showsCertificate: trust.showsCertificate)
        }
        made.whenSuccess { bound.value.contexts[trust] = $0 }
        return made
    }

    private func serve(_ wanted: TrunkConnect, _ context: NIOSSLContext?) {
        open(wanted, context) { [self] result in
            switch result {
            case .success(let peer): serve(peer, wanted)
            case .failure(let failure): failed(wanted, failure)
            }
        }
    }

    /// - Parameters:
    ///   - context: `nil` without TLS.
    ///   - done: Told once who is there, or why nobody is.
    private func open(
        _ wanted: TrunkConnect,
        _ context: NIOSSLContext?,
        _ done: @escaping (Result<TrunkPeer, TrunkFailure>) -> Void
    ) {
        guard !isClosed else { return done(.failure(.closed)) }
        let door = TrunkDoor(wanted, done)
        let (bound, guarded) = (
            NIOLoopBound(self, eventLoop: loop.eventLoop), NIOLoopBound(door, eventLoop: loop.eventLoop)
        )
        ClientBootstrap(group: loop.eventLoop)
            .connectTimeout(.init(Limits.trunkConnect))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try bound.value.set(up: channel, guarded.value, for: wanted, context)
                }
            }
            .connect(to: NIOCore.SocketAddress(wanted.server.address))
            .whenFailure { guarded.value.failed(to: $0) }
    }

    private func set(
        up channel: any Channel,
        _ door: TrunkDoor,
        for wanted: TrunkConnect,
        _ context: NIOSSLContext?
    ) throws {
        try ListenerSockets.setOptions(of: channel)
        try Self.guardWay(channel.pipeline.syncOperations, door, for: wanted, context)
        let bound = NIOLoopBound(door, eventLoop: loop.eventLoop)
        loop.eventLoop.assumeIsolated().scheduleTask(in: .init(Limits.trunkConnect * 2)) {
            if bound.value.isShut { channel.close(promise: nil) }
        }
    }

    /// Puts in place what finds out who is at the other end.
    static func guardWay(
        _ operations: ChannelPipeline.SynchronousOperations,
        _ door: TrunkDoor,
        for wanted: TrunkConnect,
        _ context: NIOSSLContext?
    ) throws {
        if let context {
            var settings = NIOSSLHandler.Configuration()
            settings.maximumPreservedOutboundBufferCapacity = Limits.preservedOutput
            try operations.addHandler(PeerCipher { [unowned door] in door.negotiated(cipher: $0) })
            let name = IPAddress(parsing: wanted.domain.text) == nil ? wanted.domain.text : nil
            try operations.addHandler(
                NIOSSLClientHandler(context: context, serverHostname: name, configuration: settings)
            )
        }
        try operations.addHandler(door)
    }

    private func serve(_ peer: TrunkPeer, _ wanted: TrunkConnect) {
        guard !isClosed, let connection = loop.open(peer, for: wanted) else {
            peer.channel.close(promise: nil)
            return failed(wanted, .unreachable("every place for a connection is taken"))
        }
        do {
            try peer.channel.pipeline.syncOperations.addHandler(connection)
        } catch {
            loop.closed(connection)
            return failed(wanted, .unreachable("\(error)"))
        }
        tell { $0.connected(wanted.attempt, connection.flow, &$1) }
    }

    // MARK: Datagrams

    private func openDatagrams(_ wanted: TrunkConnect) {
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        DatagramBootstrap(group: loop.eventLoop)
            .channelOption(.maxMessagesPerRead, value: 8)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Limits.datagram))
            .connect(to: NIOCore.SocketAddress(wanted.server.address))
            .whenComplete { result in
                switch result {
                case .success(let channel): bound.value.serveDatagrams(channel, wanted)
                case .failure(let error): bound.value.failed(wanted, TrunkFailure(connecting: error))
                }
            }
    }

    private func serveDatagrams(_ channel: any Channel, _ wanted: TrunkConnect) {
        guard !isClosed, let local = channel.localAddress.flatMap(Primitives.SocketAddress.init) else {
            channel.close(promise: nil)
            return failed(wanted, .unreachable("the system names no address of ours"))
        }
        let datagrams = TrunkDatagrams(
            id: loop.nextDatagramTrunk(),
            remote: wanted.server.address,
            local: local,
            loop: loop
        )
        do {
            try channel.pipeline.syncOperations.addHandler(datagrams)
        } catch {
            channel.close(promise: nil)
            return failed(wanted, .unreachable("\(error)"))
        }
        tell { $0.connected(wanted.attempt, datagrams.flow, &$1) }
    }
}

/// Reads the cipher suite out of a provider's ServerHello, then leaves. See ``NegotiatedCipher``.
final class PeerCipher: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let found: (String) -> Void

    init(_ found: @escaping (String) -> Void) { self.found = found }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if let name = NegotiatedCipher.name(inServerHello: unwrapInboundIn(data).readableBytesView) { found(name) }
        context.fireChannelRead(data)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}
