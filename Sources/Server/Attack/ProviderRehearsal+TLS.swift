// SPDX-License-Identifier: Apache-2.0

public import Audit
import Calls
import Crypto
import Foundation
public import Model
import NIOCore
import NIOPosix
import NIOSSL
import Primitives
import SwiftASN1
import X509

extension ProviderRehearsal {
    /// Under the numbers of a business, with what connects the trunks of this program.
    public static func inThisProcess(
        _ numbers: [OwnedNumber],
        _ extensions: [ExtensionNumber],
        domain: DomainName
    ) -> ProviderRehearsal? {
        ProviderRehearsal(numbers, extensions, domain: domain, at: SystemClock.wall) {
            (pretence) async throws(WireError) in
            do {
                return try await StandInProvider(pretence).meet()
            } catch let error as WireError {
                throw error
            } catch {
                throw WireError(.local, "\(error)")
            }
        }
    }
}

/// A server of the attacker's own on this machine, which pretends to be a provider for one connection.
private struct StandInProvider {
    private let pretence: ProviderRehearsal.Pretence
    private let authority: CertificateAuthority
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    init(_ pretence: ProviderRehearsal.Pretence) throws {
        self.pretence = pretence
        authority = try CertificateAuthority(for: Trunk.standInDomain, at: Date())
    }

    /// Has the code that connects trunks connect to it.
    func meet() async throws -> ProviderRehearsal.Outcome {
        let heard = loop.makePromise(of: [UInt8].self)
        // Whatever fails before somebody has spoken, nobody waits for it for ever.
        loop.scheduleTask(in: .seconds(5)) { heard.succeed([]) }
        let context = try certificate().map { certificate, key in
            let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
            let settings = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))
            )
            return try NIOSSLContext(configuration: settings)
        }
        let server = try await ServerBootstrap(group: loop)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    } else {
                        try channel.pipeline.syncOperations.addHandler(FirstWords(heard))
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        defer { server.close(promise: nil) }
        guard let port = server.localAddress?.port, let domain = DomainName(parsing: Trunk.standInDomain),
            let name = TrunkName(parsing: "attack")
        else { throw WireError(.local, "no port for a stand-in") }
        let address = SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: UInt16(port))
        let trunk = Trunk(name: name, domain: domain, authority: try authority.rootPEM, createdAt: SystemClock.wall)
        let wanted = TrunkConnect(trying: trunk, at: TrunkServer(host: domain.text, address: address))
        let result = try await connect(wanted)
        if context == nil {
            let first = try await heard.futureResult.get()
            // 22 begins a handshake (RFC 8446 §5.1).
            guard first.isEmpty || first[0] == 22 else {
                return .readable(String(decoding: first.prefix(40), as: UTF8.self))
            }
        }
        return switch result {
        case .success: .taken
        case .failure(let failure): .refused("\(failure)")
        }
    }

    private func connect(_ wanted: TrunkConnect) async throws -> Result<Void, TrunkFailure> {
        let settings = try TLSIdentity.clientConfiguration(trusting: wanted.authority)
        let context = try NIOSSLContext(configuration: settings)
        let promise = loop.makePromise(of: Result<Void, TrunkFailure>.self)
        ClientBootstrap(group: loop)
            .connectTimeout(.seconds(3))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let door = TrunkDoor(wanted) { result in
                        promise.succeed(result.map { $0.channel.close(promise: nil) })
                    }
                    try TrunkConnector.guardWay(channel.pipeline.syncOperations, door, for: wanted, context)
                }
            }
            .connect(host: "127.0.0.1", port: Int(wanted.server.address.port))
            .whenFailure { promise.succeed(.failure(TrunkFailure(connecting: $0))) }
        loop.scheduleTask(in: .seconds(5)) { promise.succeed(.failure(.silent)) }
        return try await promise.futureResult.get()
    }

    /// What it shows, with its key; `nil` without TLS.
    private func certificate() throws -> (String, String)? {
        let (own, year) = ([Trunk.standInDomain], TimeInterval(366 * 86_400))
        switch pretence {
        case .proper: return try authority.issue(names: own, addresses: [], at: Date())
        case .otherName: return try authority.issue(names: ["other.attack.invalid"], addresses: [], at: Date())
        case .expired: return try authority.issue(names: own, addresses: [], at: Date() - 2 * year)
        case .unknownIssuer:
            let other = try CertificateAuthority(for: Trunk.standInDomain, at: Date())
            return try other.issue(names: own, addresses: [], at: Date())
        case .noTLS: return nil
        }
    }
}

/// Notes what is said first, and answers it as a SIP server would.
private final class FirstWords: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let heard: EventLoopPromise<[UInt8]>
    private var isDone = false

    init(_ heard: EventLoopPromise<[UInt8]>) { self.heard = heard }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        tell(Array(unwrapInboundIn(data).readableBytesView))
        let answer = "SIP/2.0 400 TLS is not spoken here\r\nContent-Length: 0\r\n\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { tell([]) }

    private func tell(_ bytes: [UInt8]) {
        if !isDone { heard.succeed(bytes) }
        isDone = true
    }
}
