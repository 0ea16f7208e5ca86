// SPDX-License-Identifier: Apache-2.0

import Guard
import NIOCore
import NIOPosix

extension ControlDoor {
    /// Binds the socket and sets its mode. Nothing is left open when it throws.
    func listen(at path: String) async throws(Refusal) -> ControlServer.Listener {
        try closeFolder()
        let listener: ControlServer.Listener
        do {
            listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .childChannelOption(.autoRead, value: false)
                .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let idle = TimeAmount(ControlLimits.idle)
                        try channel.pipeline.syncOperations.addHandler(IdleStateHandler(allTimeout: idle))
                        try channel.pipeline.syncOperations.addHandler(CloseWhenIdle())
                        return channel
                    }
                }
        } catch {
            throw .cannotListen(path, "\(error)")
        }
        do throws(Refusal) {
            try bound()
        } catch {
            try? await listener.executeThenClose { _ in }
            throw error
        }
        return listener
    }

    /// An accepted connection, which is read from now on. Nothing may fail once it is wrapped, as it must not be dropped then.
    static func opened(_ channel: any Channel) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await channel.eventLoop.submit {
            guard channel.isActive else { throw ChannelError.alreadyClosed }
            try channel.syncOptions?.setOption(.autoRead, value: true)
            return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
        }.get()
    }
}

private final class CloseWhenIdle: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}

extension Refusal {
    fileprivate static func cannotListen(_ path: String, _ error: String) -> Self {
        Self(
            problem: "The control socket \(path) cannot be opened.",
            reason: error,
            remedy: "look at the folder: ringfence doctor"
        )
    }
}
