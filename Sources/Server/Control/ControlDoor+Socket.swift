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
                .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let idle = TimeAmount(ControlLimits.idle)
                        try channel.pipeline.syncOperations.addHandler(IdleStateHandler(allTimeout: idle))
                        try channel.pipeline.syncOperations.addHandler(CloseWhenIdle())
                        return try ControlServer.Connection(wrappingChannelSynchronously: channel)
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
