// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore

/// Lets a listener rest when the system has no descriptor or no memory for one more connection.
///
/// Without it the loop asks for the next connection for ever, and serves nobody else. NIO's own `AcceptBackoffHandler` does
/// not help: it holds back new reads, and the one that failed is still pending (seen with 2.101: 13,000 `accept4` a second).
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, Self.isExhaustion(error.errnoCode) else { return }
        let channel = context.channel
        try? channel.syncOptions?.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(Limits.acceptPause)) {
            try? channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }

    /// A peer that hung up before it was accepted (ECONNABORTED) is no reason to make others wait.
    private static func isExhaustion(_ code: CInt) -> Bool { [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code) }
}
