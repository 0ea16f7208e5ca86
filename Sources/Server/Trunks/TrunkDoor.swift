// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Primitives

/// Stands in a new connection to a provider until it is known who is there: nothing is said and nothing is read before the
/// certificate names the trunk's domain (row K03). Then it makes room for the ``Connection``.
final class TrunkDoor: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    /// What came of it, once.
    private var done: ((Result<TrunkPeer, TrunkFailure>) -> Void)?
    private let wanted: TrunkConnect
    private var cipher: String?

    init(_ wanted: TrunkConnect, _ done: @escaping (Result<TrunkPeer, TrunkFailure>) -> Void) {
        (self.wanted, self.done) = (wanted, done)
    }

    func negotiated(cipher: String) { self.cipher = cipher }

    func channelActive(context: ChannelHandlerContext) {
        switch wanted.transport {
        case .tls: context.fireChannelActive()
        case .tcp, .udp: open(context, version: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { return verify(context) }
        context.fireUserInboundEventTriggered(event)
    }

    /// There was no connection to begin with.
    func failed(to error: any Error) { finish(.failure(TrunkFailure(connecting: error))) }

    /// Whether it is still not known who is there.
    var isShut: Bool { done != nil }

    private func verify(_ context: ChannelHandlerContext) {
        let operations = context.pipeline.syncOperations
        guard let shown = try? operations.nioSSL_peerCertificate(), let certificate = try? ProviderCertificate(shown)
        else {
            return refuse(.certificate(.other("it cannot be read")), context)
        }
        guard certificate.names(wanted.domain) else { return refuse(.certificate(.names(certificate.names)), context) }
        open(context, version: try? operations.nioSSL_tlsVersion(), as: wanted.domain)
    }

    private func open(_ context: ChannelHandlerContext, version: TLSVersion?, as domain: DomainName? = nil) {
        guard let local = context.channel.localAddress.flatMap(Primitives.SocketAddress.init) else {
            return refuse(.unreachable("the system names no address of ours"), context)
        }
        let (channel, version) = (context.channel, version?.name)
        finish(
            .success(TrunkPeer(channel: channel, local: local, version: version, cipher: cipher, verified: domain))
        )
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    /// Only what a peer says too early gets here: it is nobody's.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard done == nil else { return refuse(.noTLS("it spoke before it was known"), context) }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        refuse(failure(error, context), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failure(.closed))
        context.fireChannelInactive()
    }

    private func refuse(_ failure: TrunkFailure, _ context: ChannelHandlerContext) {
        finish(.failure(failure))
        context.close(promise: nil)
    }

    private func finish(_ result: Result<TrunkPeer, TrunkFailure>) {
        guard let done else { return }
        self.done = nil
        done(result)
    }

    /// What a failed handshake says, in words for people.
    private func failure(_ error: any Error, _ context: ChannelHandlerContext) -> TrunkFailure {
        guard let error = error as? NIOSSLError else {
            return error is NIOSSLExtraError ? .noTLS("\(error)") : TrunkFailure(connecting: error)
        }
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            let shown = try? context.pipeline.syncOperations.nioSSL_peerCertificate()
            let certificate = shown.flatMap { try? ProviderCertificate($0) }
            return .certificate(certificate?.problem(at: SystemClock.wall) ?? .unknownIssuer)
        }
        if text.contains("CERTIFICATE_REQUIRED") || text.contains("BAD_CERTIFICATE") || text.contains("UNKNOWN_CA") {
            return .wantsCertificate
        }
        if case .handshakeFailed(let reason) = error { return .noTLS(reason.reason) }
        return error == .uncleanShutdown ? .closed : .noTLS(text)
    }
}

/// Who is at the other end of a connection, verified.
struct TrunkPeer {
    let channel: any Channel
    let local: Primitives.SocketAddress
    /// `nil` without TLS.
    let version: String?
    let cipher: String?
    /// Whose certificate it showed; `nil` without TLS.
    let verified: DomainName?
}

extension TLSVersion {
    /// As people know it; `nil` for those that are not used.
    var name: String? {
        switch self {
        case .tlsv13: "TLSv1.3"
        case .tlsv12: "TLSv1.2"
        case .tlsv11, .tlsv1: nil
        }
    }
}

extension BoringSSLError {
    /// The reason of the library, without its numbers.
    fileprivate var reason: String {
        let text = "\(self)"
        for (mark, words) in [
            ("UNSUPPORTED_PROTOCOL", "it knows no version from 1.2 on"),
            ("PROTOCOL_VERSION", "it knows no version from 1.2 on"),
            ("WRONG_VERSION_NUMBER", "what is there speaks no TLS"),
            ("HANDSHAKE_FAILURE", "it knows no cipher with forward secrecy and authentication"),
            ("EOF during handshake", "it hung up while TLS was agreed on"),
        ] where text.contains(mark) {
            return words
        }
        return String(text.prefix(Limits.shownNameCharacters))
    }
}

extension TrunkFailure {
    /// Why there is no connection, as the system says it.
    init(connecting error: any Error) {
        if let error = error as? IOError {
            self.init(errno: error.errnoCode)
        } else if let error = error as? NIOConnectionError, let first = error.connectionErrors.first {
            self.init(connecting: first.error)
        } else if case .connectTimeout? = error as? ChannelError {
            self = .silent
        } else {
            self = .unreachable("\(error)")
        }
    }
}
