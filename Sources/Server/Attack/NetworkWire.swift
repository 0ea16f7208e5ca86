// SPDX-License-Identifier: Apache-2.0

public import Audit
import Calls
import Glibc
import NIOCore
import NIOPosix
import NIOSSL
public import Primitives
import Synchronization

/// The attacker's network, made of real sockets: what `attack run` attacks the running server with.
///
/// It only ever speaks to the address it was made for, and to where the portal of the same server is.
public final class NetworkWire: Sendable {
    /// The process-wide one: an attack has no loops of its own to leave behind.
    private let group = MultiThreadedEventLoopGroup.singleton
    private let secured: NIOSSLContext
    let host: String
    let address: IPAddress
    /// The attacker's own address on the way to the target: what its phones put into their descriptions.
    let own: IPAddress
    /// What it has spoken from, which is what it may have left something behind for.
    private let spoken = Mutex<Set<IPAddress>>([])

    /// - Parameters:
    ///   - host: The name that the certificate must carry; an address where there is no name.
    ///   - authority: The PEM file of the authority that must have signed it; `nil` for those the machine trusts.
    ///   - hasOwnSource: Whether it speaks from an address that nothing else on this machine speaks from, where it can: on the
    ///     server's own machine, over IPv4. What others did wrong from the machine's address does not meet it then.
    public init(host: String, address: IPAddress, authority: String?, hasOwnSource: Bool = false) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .fullVerification
        if let authority { configuration.trustRoots = .file(authority) }
        secured = try NIOSSLContext(configuration: configuration)
        let usual = try Self.ownAddress(towards: address)
        own = hasOwnSource && usual == address ? Self.loopbackOfOurOwn() ?? usual : usual
        (self.host, self.address) = (host, address)
    }

    /// Addresses that it has spoken from.
    public var sources: Set<IPAddress> { spoken.withLock { $0 } }

    /// What attacks are handed.
    public var wire: Wire {
        Wire(
            connect: { [self] (endpoint) async throws(WireError) in try await connect(endpoint) },
            abuse: { [self] (abuse, port) async throws(WireError) in try await self.abuse(abuse, port) },
            pause: { try? await Task.sleep(for: $0) },
            clock: { SystemClock.monotonic },
            wallClock: { SystemClock.wall },
            entropy: SystemEntropy.make()
        )
    }

    private func connect(_ endpoint: Endpoint) async throws(WireError) -> Link {
        do {
            switch endpoint.kind {
            case .tls: return try await stream(endpoint, isSecured: true)
            case .tcp: return try await stream(endpoint, isSecured: false)
            case .udp: return try await datagrams(endpoint)
            }
        } catch let error as WireError {
            throw error
        } catch let error as NIOSSLError {
            throw WireError(.handshake, "TLS: \(error)")
        } catch let error as BoringSSLError {
            throw WireError(.handshake, "TLS: \(error)")
        } catch {
            throw WireError(.refused, "no connection to port \(endpoint.port): \(error)")
        }
    }

    private func stream(_ endpoint: Endpoint, isSecured: Bool) async throws -> Link {
        let inbox = LinkInbox(loop: group.next(), awaitsTLS: isSecured)
        // An address cannot be asked for by name (RFC 6066 §3); it is still verified.
        let name = IPAddress(parsing: host) == nil ? host : nil
        let bootstrap = ClientBootstrap(group: inbox.loop)
            .connectTimeout(.seconds(3))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { [secured] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if isSecured {
                        try pipeline.addHandler(NIOSSLClientHandler(context: secured, serverHostname: name))
                    }
                    try pipeline.addHandler(StreamLinkHandler(inbox))
                }
            }
        let place = endpoint.address ?? address
        let target = Self.socketAddress(place, endpoint.port)
        // What the system would choose is not asked for: a port may have two connections then.
        let source = endpoint.source ?? (own.isLoopback ? own : nil)
        if let source, source != place { _ = bootstrap.bind(to: Self.socketAddress(source, 0)) }
        let channel = try await bootstrap.connect(to: target).get()
        do {
            try await inbox.secured()
        } catch {
            try? await channel.close()
            throw error
        }
        return link(channel, inbox, to: nil)
    }

    private func datagrams(_ endpoint: Endpoint) async throws -> Link {
        let inbox = LinkInbox(loop: group.next(), awaitsTLS: false)
        let channel = try await DatagramBootstrap(group: inbox.loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DatagramLinkHandler(inbox))
                }
            }
            .bind(to: Self.socketAddress(endpoint.source ?? own, 0))
            .get()
        return link(channel, inbox, to: Self.socketAddress(address, endpoint.port))
    }

    private func link(_ channel: any Channel, _ inbox: LinkInbox, to target: NIOCore.SocketAddress?) -> Link {
        let local = channel.localAddress.flatMap { Primitives.SocketAddress(parsing: $0.bare) }
        if let local { spoken.withLock { _ = $0.insert(local.ip) } }
        return Link(
            local: local ?? Primitives.SocketAddress(ip: own, port: 0),
            send: { (bytes) async throws(WireError) in
                do {
                    return try await inbox.send(bytes, on: channel, to: target).get()
                } catch {
                    throw WireError(.closed, "could not send: \(error)")
                }
            },
            receive: { patience in await inbox.receive(within: patience) },
            close: { try? await channel.close() }
        )
    }

    private static func socketAddress(_ address: IPAddress, _ port: UInt16) -> NIOCore.SocketAddress {
        NIOCore.SocketAddress(Primitives.SocketAddress(ip: address, port: port))
    }

    /// One of 127.32.0.0/12, where nobody else is; `nil` where the system has none of them.
    private static func loopbackOfOurOwn() -> IPAddress? {
        let candidate = IPAddress(v4: 0x7F20_0001 + UInt32.random(in: 0..<0x000F_FFFE))
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let isOurs = Self.socketAddress(candidate, 0).withSockAddr { Glibc.bind(descriptor, $0, socklen_t($1)) == 0 }
        return isOurs ? candidate : nil
    }

    /// The address this machine would speak from: asked of the kernel, with nothing sent.
    private static func ownAddress(towards address: IPAddress) throws -> IPAddress {
        if address.isLoopback { return address }
        let target = Self.socketAddress(address, 9)
        let family = address.isIPv4 ? AF_INET : AF_INET6
        let descriptor = socket(family, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { throw WireError(.local, "no socket") }
        defer { close(descriptor) }
        let isConnected = target.withSockAddr { pointer, size in
            Glibc.connect(descriptor, pointer, socklen_t(size)) == 0
        }
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isNamed = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) == 0 }
        }
        guard isConnected, isNamed else { throw WireError(.local, "no way to \(address)") }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let found: Bool = withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getnameinfo($0, size, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
            }
        }
        let name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard found, let own = IPAddress(parsing: name) else {
            throw WireError(.local, "no address towards \(address)")
        }
        return own
    }
}

extension NIOCore.SocketAddress {
    /// `192.0.2.1:5061` or `[2001:db8::1]:5061`.
    fileprivate var bare: String {
        guard let ipAddress, let port else { return "" }
        return ipAddress.contains(":") ? "[\(ipAddress)]:\(port)" : "\(ipAddress):\(port)"
    }
}
