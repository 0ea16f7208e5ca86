// SPDX-License-Identifier: Apache-2.0

import Glibc
import Media
import Model
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Primitives

extension Doctor {
    /// A machine beside the server answers in milliseconds.
    private static let patience = TimeAmount.seconds(5)

    /// Does what a phone does: connects, and verifies the chain and the name.
    func signallingPort() async -> Finding {
        let wanted = SocketAddress(ip: installation.address, port: 5061)
        guard let serving else {
            guard Probe.isFree(wanted, .tcp) else {
                return Finding(
                    .signallingPort,
                    .critical,
                    "\(wanted) cannot be opened for SIP over TLS",
                    evidence: "It is taken, or not an address of this machine.",
                    remedy: "See: ss -ltnp 'sport = :5061'; ip address show"
                )
            }
            return Finding(.signallingPort, .good, "\(wanted) is free for SIP over TLS")
        }
        let name = installation.settings.names.first ?? installation.settings.domain
        do {
            try await handshake(with: serving.sipTLS, as: name)
            return Finding(.signallingPort, .good, "\(serving.sipTLS) proves to be \(name)")
        } catch {
            return Finding(
                .signallingPort,
                .critical,
                "A phone that connects to \(serving.sipTLS) would not trust it",
                evidence: "The TLS handshake for \(name) failed: \(error).",
                remedy: "Restart the server, so that it shows the certificate in its folder: ringfence serve \(here)",
                dependsOn: [.certificate, .certificateNames, .clock]
            )
        }
    }

    private func handshake(with address: Primitives.SocketAddress, as name: String) async throws {
        var settings = TLSConfiguration.makeClientConfiguration()
        settings.minimumTLSVersion = .tlsv12
        if let authority = installation.tls.authority { settings.trustRoots = .file(authority) }
        let context = try NIOSSLContext(configuration: settings)
        // An address never goes into SNI (RFC 6066 §3); without a name NIOSSL verifies the address it connected to.
        let host = IPAddress(parsing: name) == nil ? name : nil
        let finished = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
        let target = address.ip.isUnspecified ? SocketAddress(ip: installation.address, port: address.port) : address
        do {
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(Self.patience)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let tls = try NIOSSLClientHandler(context: context, serverHostname: host)
                        try channel.pipeline.syncOperations.addHandlers(
                            tls,
                            HandshakeWatch(finished, patience: Self.patience)
                        )
                    }
                }
                .connect(host: "\(target.ip)", port: Int(target.port)).get()
            defer { channel.close(mode: .all, promise: nil) }
            try await finished.futureResult.get()
        } catch {
            finished.fail(error)
            throw error
        }
    }

    /// TLS is in use, so nothing may listen where SIP in the clear would be (RFC 3261 §18.1.1: port 5060).
    func clearPort() -> Finding {
        let open = [(Probe.Network.tcp, "TCP"), (.udp, "UDP")].filter {
            !Probe.isFree(SocketAddress(ip: installation.address, port: 5060), $0.0, unlessForeign: true)
        }
        guard let first = open.first else { return Finding(.clearPort, .good, "Nothing listens on port 5060") }
        return Finding(
            .clearPort,
            .critical,
            "Something listens on port 5060 over \(first.1)",
            evidence: "That is where SIP travels unencrypted.",
            remedy: "Find out what it is, and stop it: ss -lntup 'sport = :5060'"
        )
    }

    func mediaPorts() -> Finding {
        let address = serving?.media.rtp ?? SocketAddress(ip: installation.address, port: MediaPorts.defaultFirst)
        let ports = [address, SocketAddress(ip: address.ip, port: address.port + 1)]
        let free = ports.filter { Probe.isFree($0, .udp) }
        if let media = serving?.media, let plain = PlainPorts(media), free.isEmpty {
            let text = "Media arrives on \(address) and the port after it"
            let more = "calls over trunks without encryption on up to \(plain.pairs) pairs of ports up to \(media.last)"
            return Finding(.mediaPorts, .good, "\(text), \(more)")
        }
        if serving == nil {
            return free.count == ports.count
                ? Finding(.mediaPorts, .good, "\(address) and the port after it are free for media")
                : Finding(
                    .mediaPorts,
                    .critical,
                    "\(address) or the port after it cannot be opened for media",
                    remedy: "Find out what has them, and stop it: ss -lunp 'sport = :\(address.port)'"
                )
        }
        return free.isEmpty
            ? Finding(.mediaPorts, .good, "Media arrives on \(address) and the port after it")
            : Finding(
                .mediaPorts,
                .critical,
                "The server has lost its media port \(free[0])",
                evidence: "Calls connect and stay silent.",
                remedy: "Restart it: ringfence serve \(here)"
            )
    }
}

/// Finds out whether a port is taken, by trying to take it for a moment.
enum Probe {
    enum Network { case tcp, udp }

    /// - Parameter unlessForeign: Whether an address that is not this machine's counts as free.
    static func isFree(_ address: Primitives.SocketAddress, _ network: Network, unlessForeign: Bool = false) -> Bool {
        let kind = network == .tcp ? SOCK_STREAM : SOCK_DGRAM
        let family = address.ip.isIPv4 ? AF_INET : AF_INET6
        let descriptor = socket(family, Int32(kind.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // Connections of an earlier server that are still closing do not take the port.
        var yes: Int32 = 1
        if network == .tcp {
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        }
        let bound = NIOCore.SocketAddress(address).withSockAddr { bind(descriptor, $0, socklen_t($1)) == 0 }
        if !bound { return unlessForeign && errno == EADDRNOTAVAIL }
        return network == .udp || listen(descriptor, 1) == 0
    }
}

/// Tells a promise how the handshake went.
private final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let finished: EventLoopPromise<Void>
    private let patience: TimeAmount

    init(_ finished: EventLoopPromise<Void>, patience: TimeAmount) {
        (self.finished, self.patience) = (finished, patience)
    }

    func channelActive(context: ChannelHandlerContext) {
        context.eventLoop.scheduleTask(in: patience) { [finished, patience] in
            finished.fail(ChannelError.connectTimeout(patience))
        }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent { finished.succeed() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finished.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finished.fail(ChannelError.eof)
    }
}
