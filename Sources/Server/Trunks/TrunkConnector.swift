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
                case .success(let context): bound.value.open(wanted, context)
                case .failure:
                    bound.value.failed(wanted, .certificate(.other("the roots of this trunk cannot be read")))
                }
            }
        case .tcp: open(wanted, nil)
        case .udp: openDatagrams(wanted)
        }
    }

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

    /// - Parameter context: `nil` without TLS.
    private func open(_ wanted: TrunkConnect, _ context: NIOSSLContext?) {
        guard !isClosed else { return }
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        ClientBootstrap(group: loop.eventLoop)
            .connectTimeout(.init(Limits.trunkConnect))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.set(up: channel, for: wanted, context) }
            }
            .connect(to: NIOCore.SocketAddress(wanted.server.address))
            // Of a connection that stood for a moment the door has told; it is not waited for twice.
            .whenFailure { bound.value.failed(wanted, TrunkFailure(connecting: $0)) }
    }

    private func set(up channel: any Channel, for wanted: TrunkConnect, _ context: NIOSSLContext?) throws {
        try ListenerSockets.setOptions(of: channel)
        let door = TrunkDoor(wanted) { [self] result in
            switch result {
            case .success(let peer): serve(peer, wanted)
            case .failure(let failure): failed(wanted, failure)
            }
        }
        let operations = channel.pipeline.syncOperations
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
        let bound = NIOLoopBound(door, eventLoop: loop.eventLoop)
        loop.eventLoop.assumeIsolated().scheduleTask(in: .init(2 * Limits.trunkConnect)) {
            if bound.value.isShut { channel.close(promise: nil) }
        }
    }

    private func serve(_ peer: TrunkPeer, _ wanted: TrunkConnect) {
        guard !isClosed, let connection = loop.open(peer, for: wanted) else {
            peer.channel.close(promise: nil)
            return
        }
        do {
            try peer.channel.pipeline.syncOperations.addHandler(connection)
        } catch {
            return loop.closed(connection)
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
