// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Primitives
import Synchronization

/// The other end of a connection to a server under test: says what it is told to, and keeps what it hears.
final class Peer: Sendable {
    struct Heard: Sendable {
        var text = ""
        var bytes: [UInt8] = []
        var isSecured = false
        var isClosed = false
        var failure: String?
        var answers: Int { text.components(separatedBy: "SIP/2.0 ").count - 1 }
    }

    private let channel: any Channel
    private let heard: Listening
    private let framing = Mutex(false)

    /// - Parameters:
    ///   - root: PEM of the authority to trust; `nil` connects without TLS.
    ///   - name: What the certificate has to be good for.
    ///   - source: The address to speak from; the system's choice where `nil`.
    ///   - window: Bytes that the kernel keeps for this end; a busy machine needs the default to keep up.
    static func connect(
        to address: Primitives.SocketAddress,
        root: String?,
        name: String = "pbx.test",
        versions: ClosedRange<Int> = 12...13,
        window: Int = 262_144,
        from source: String? = nil,
        showing certificate: (certificate: String, key: String)? = nil
    ) async throws -> Peer {
        let heard = Listening()
        var tls: NIOSSLContext?
        if let root {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(root.utf8)))
            configuration.minimumTLSVersion = version(versions.lowerBound)
            configuration.maximumTLSVersion = version(versions.upperBound)
            if let certificate {
                let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.certificate.utf8))
                configuration.certificateChain = chain.map { .certificate($0) }
                let key = try NIOSSLPrivateKey(bytes: Array(certificate.key.utf8), format: .pem)
                configuration.privateKey = .privateKey(key)
            }
            tls = try NIOSSLContext(configuration: configuration)
        }
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_rcvbuf), value: .init(window))
            .channelInitializer { [tls] channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: name)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(Ear(heard))
                }
            }
        if let source { bootstrap = bootstrap.bind(to: try NIOCore.SocketAddress(ipAddress: source, port: 0)) }
        let channel = try await bootstrap.connect(host: address.ip.description, port: Int(address.port)).get()
        return Peer(channel, heard)
    }

    private init(_ channel: any Channel, _ heard: Listening) {
        (self.channel, self.heard) = (channel, heard)
    }

    private static func version(_ number: Int) -> TLSVersion {
        switch number {
        case 11: .tlsv11
        case 12: .tlsv12
        case 13: .tlsv13
        default: .tlsv1
        }
    }

    func say(_ text: String) {
        let isFramed = framing.withLock { $0 }
        let bytes = isFramed ? Frames.text(text) : Array(text.utf8)
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    /// From now on each text goes out as a WebSocket message.
    func speaksFrames() { framing.withLock { $0 = true } }

    /// Waits until the bytes are with the kernel.
    func say(bytes: ByteBuffer) async throws {
        try await channel.writeAndFlush(bytes)
    }

    /// Stops reading: what the server sends stays where it is.
    func stopReading() async throws {
        try await channel.setOption(.autoRead, value: false).get()
    }

    var state: Heard { heard.state.withLock { $0 } }

    /// Waits until something is the case; a busy machine takes its time.
    ///
    /// - Returns: Whether it came true in time.
    func waits(_ time: Duration = .seconds(20), until isTrue: (Heard) -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end {
            if isTrue(state) { return true }
            try await Task.sleep(for: .milliseconds(2))
        }
        return isTrue(state)
    }

    func hears(_ text: String, within time: Duration = .seconds(20)) async throws -> Bool {
        try await waits(time) { $0.text.contains(text) }
    }

    func isClosed(within time: Duration = .seconds(5)) async throws -> Bool {
        try await waits(time) { $0.isClosed }
    }

    func close() async {
        try? await channel.close().get()
    }
}

final class Listening: Sendable {
    let state = Mutex(Peer.Heard())
}

private final class Ear: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let heard: Listening

    init(_ heard: Listening) {
        self.heard = heard
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        let (text, bytes) = (String(buffer: buffer), Array(buffer.readableBytesView))
        heard.state.withLock {
            $0.text += text
            $0.bytes += bytes
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { heard.state.withLock { $0.isSecured = true } }
    }

    func channelInactive(context: ChannelHandlerContext) {
        heard.state.withLock { $0.isClosed = true }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        heard.state.withLock { $0.failure = "\(error)" }
        context.close(promise: nil)
    }
}
