// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import Primitives

/// Sends what is noted of signalling to a collector, as packets of HEP3 over UDP. What cannot be sent at once is left out and counted:
/// nobody waits for a collector. Belongs to one event loop.
final class HEPExporter {
    private(set) var sent = 0
    private(set) var unsent = 0
    private let node: String
    private var channel: (any Channel)?
    private var isClosed = false

    /// - Parameter node: Who sends it, as the collector shows it.
    init(to collector: Primitives.SocketAddress, node: String, on eventLoop: any EventLoop) {
        self.node = node
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        DatagramBootstrap(group: eventLoop)
            .connect(to: NIOCore.SocketAddress(collector))
            .whenSuccess { bound.value.opened($0) }
    }

    private func opened(_ channel: any Channel) {
        if isClosed {
            channel.close(promise: nil)
        } else {
            self.channel = channel
        }
    }

    func send(_ message: SignallingTrace.Kept, correlation: String) {
        guard let channel, channel.isWritable else {
            unsent += 1
            return
        }
        sent += 1
        channel.writeAndFlush(
            ByteBuffer(bytes: HEPPacket.bytes(message, correlation: correlation, node: node)),
            promise: nil
        )
    }

    func close() {
        isClosed = true
        channel?.close(promise: nil)
        channel = nil
    }
}
