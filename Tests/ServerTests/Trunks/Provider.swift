// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Primitives
import SIP
import Synchronization

@testable import Server

/// A provider on loopback: a TLS server that we wrote apart from the one under test, which wants a digest for a REGISTER and answers
/// OPTIONS.
final class Provider: Sendable {
    struct Seen: Sendable {
        var connections = 0
        var requests: [String] = []
        /// Bytes that came before anybody was sure of the other.
        var registrations = 0
        var refused = 0
    }

    static let domain = "sip.provider.test"
    let port: Int
    private let channel: any Channel
    private let office: Books

    final class Books: Sendable {
        let seen = Mutex(Seen())
        let open = Mutex<[any Channel]>([])
        let password: String

        init(password: String) { self.password = password }
    }

    var seen: Seen { office.seen.withLock { $0 } }
    var address: String { "127.0.0.1:\(port)" }

    /// - Parameters:
    ///   - pair: Its certificate and key; `nil` speaks SIP without TLS.
    ///   - clients: PEM of who has to have signed our certificate.
    static func open(
        _ pair: (certificate: String, key: String)?,
        password: String = "the right password",
        versions: ClosedRange<Int> = 12...13,
        clients: String? = nil,
        port: Int = 0
    ) async throws -> Provider {
        var tls: NIOSSLContext?
        if let pair {
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(pair.certificate.utf8)).map {
                    .certificate($0)
                },
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(pair.key.utf8), format: .pem))
            )
            configuration.minimumTLSVersion = versions.lowerBound < 12 ? .tlsv11 : .tlsv12
            configuration.maximumTLSVersion = versions.upperBound < 12 ? .tlsv11 : .tlsv13
            if let clients {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(clients.utf8)))
                configuration.certificateVerification = .noHostnameVerification
            }
            tls = try NIOSSLContext(configuration: configuration)
        }
        let office = Books(password: password)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [tls] channel in
                channel.eventLoop.makeCompletedFuture {
                    office.seen.withLock { $0.connections += 1 }
                    office.open.withLock { $0.append(channel) }
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(Clerk(office))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return Provider(channel, office)
    }

    private init(_ channel: any Channel, _ office: Books) {
        (self.channel, self.office) = (channel, office)
        port = channel.localAddress?.port ?? 0
    }

    /// Hangs up everywhere, and takes nobody in any more.
    func close() async {
        try? await channel.close().get()
        for channel in office.open.withLock({ $0 }) { try? await channel.close().get() }
    }
}

/// Answers what comes over one connection.
private final class Clerk: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let office: Provider.Books
    private var framer = StreamFramer()
    private var waiting: [UInt8] = []

    init(_ office: Provider.Books) { self.office = office }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        waiting += unwrapInboundIn(data).readableBytesView
        while !waiting.isEmpty {
            guard let piece = try? framer.next(waiting.span) else { return context.close(promise: nil) }
            switch piece {
            case .needMore: return
            case .blank(let length), .keepAlive(let length): waiting.removeFirst(length)
            case .message(let length):
                let bytes = Array(waiting[..<length])
                waiting.removeFirst(length)
                if let request = try? Message(parsing: bytes.span) { answer(request, context) }
            }
        }
    }

    private func answer(_ request: Message, _ context: ChannelHandlerContext) {
        office.seen.withLock { $0.requests.append(request.method?.text ?? "response") }
        switch request.method {
        case .options?: respond(200, to: request, context)
        case .register?: register(request, context)
        default: break
        }
    }

    private func register(_ request: Message, _ context: ChannelHandlerContext) {
        let challenge = (
            "WWW-Authenticate",
            "Digest realm=\"the realm\", nonce=\"\(UUID().uuidString)\", algorithm=SHA-256, qop=\"auth\""
        )
        guard let credentials = try? request.credentials() else {
            return respond(401, to: request, context, [challenge])
        }
        let ha1 = HA1(algorithm: .sha256, username: "account", realm: "the realm", password: office.password)
        guard let meant = Digest.meant(credentials, for: request),
            Digest.matches(meant, in: request, method: .register, ha1: ha1)
        else {
            office.seen.withLock { $0.refused += 1 }
            return respond(403, to: request, context)
        }
        office.seen.withLock { $0.registrations += 1 }
        respond(200, to: request, context, [("Expires", "600")])
    }

    private func respond(
        _ status: Int,
        to request: Message,
        _ context: ChannelHandlerContext,
        _ fields: [(String, String)] = []
    ) {
        var lines = ["SIP/2.0 \(status) Answer"]
        for name in [HeaderName.via, .from, .to, .callID, .cseq] {
            request.forEach(name) { lines.append("\(name.canonical): \(request.string($0))") }
        }
        lines += fields.map { "\($0): \($1)" } + ["Content-Length: 0", "", ""]
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: lines.joined(separator: "\r\n"))), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
