// SPDX-License-Identifier: Apache-2.0

import Foundation
import HummingbirdCore
import Logging
import NIOCore
import NIOSSL
import NIOTLS
import Primitives

/// One connection: who it is from comes first, then the TLS handshake in the name that was asked for, then HTTP with its limits.
struct PortalChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let http: HTTP1Channel
    private let door: PortalDoor
    private let certificates: PortalCertificates

    init(_ responder: @escaping HTTPChannelHandler.Responder, _ door: PortalDoor, _ certificates: PortalCertificates) {
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionClock()],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: Limits.headerField,
                maxHeaderListSize: Limits.headers,
                maxHeaderFieldCount: Limits.headerFields
            )
        )
        http = HTTP1Channel(responder: responder, configuration: configuration)
        (self.door, self.certificates) = (door, certificates)
    }

    /// Whatever goes wrong here closes the connection: nobody else does.
    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let ready = prepare(channel, logger)
        ready.whenFailure { _ in channel.close(promise: nil) }
        return ready
    }

    private func prepare(_ channel: any Channel, _ logger: Logger) -> EventLoopFuture<Value> {
        guard let address = IPAddress(channel.remoteAddress), door.enter(address) else {
            return channel.eventLoop.makeFailedFuture(NotLetIn())
        }
        channel.closeFuture.whenComplete { [door] _ in door.leave(address) }
        guard certificates.areSeveral else {
            return channel.eventLoop.makeCompletedFuture { try secure(channel, for: nil, from: address, at: .last) }
                .flatMap { http.setup(channel: channel, logger: logger) }
        }
        return http.setup(channel: channel, logger: logger).flatMapThrowing { value in
            try channel.pipeline.syncOperations.addHandler(hello(channel, from: address), position: .first)
            return value
        }
    }

    /// Nothing is read before the set-up is over, so what is behind the hello is put there when it has come. Until then the clock of
    /// the connection runs.
    private func hello(_ channel: any Channel, from address: IPAddress) -> ByteToMessageHandler<SNIHandler> {
        ByteToMessageHandler(
            SNIHandler { name in
                let host: String? = if case .hostname(let name) = name { name } else { nil }
                let secured = channel.eventLoop.makeCompletedFuture {
                    let own = try channel.pipeline.syncOperations.handler(type: ByteToMessageHandler<SNIHandler>.self)
                    try secure(channel, for: host, from: address, at: .after(own))
                }
                secured.whenFailure { _ in channel.close(promise: nil) }
                return secured
            }
        )
    }

    func handle(value: Value, logger: Logger) async { await http.handle(value: value, logger: logger) }

    private func secure(
        _ channel: any Channel,
        for host: String?,
        from address: IPAddress,
        at place: ChannelPipeline.SynchronousOperations.Position
    ) throws {
        guard let context = certificates.context(for: host, from: address) else { throw NotLetIn() }
        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context), position: place)
    }
}

/// The connection ends without a word.
private struct NotLetIn: Error {}
