// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore
import NIOPosix
import Primitives
import Synchronization

@testable import Server

/// A device that speaks SIP over UDP.
final class DatagramPeer: Sendable {
    private let channel: any Channel
    private let text: Text

    fileprivate final class Text: Sendable {
        let state = Mutex("")
    }

    static func open(on host: String = "127.0.0.1") async throws -> DatagramPeer {
        let text = Text()
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DatagramEar(text))
                }
            }
            .bind(host: host, port: 0)
            .get()
        return DatagramPeer(channel, text)
    }

    private init(_ channel: any Channel, _ text: Text) {
        (self.channel, self.text) = (channel, text)
    }

    var heard: String { text.state.withLock { $0 } }

    func say(_ message: String, to address: Primitives.SocketAddress) {
        let data = ByteBuffer(string: message)
        let envelope = AddressedEnvelope(remoteAddress: NIOCore.SocketAddress(address), data: data)
        channel.writeAndFlush(envelope, promise: nil)
    }

    func close() async {
        try? await channel.close().get()
    }
}

private final class DatagramEar: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    private let text: DatagramPeer.Text

    init(_ text: DatagramPeer.Text) {
        self.text = text
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let heard = String(buffer: unwrapInboundIn(data).data)
        text.state.withLock { $0 += heard }
    }
}

extension BoundSocket {
    /// Gives the port back: it is free a moment longer.
    func abandoned() -> Primitives.SocketAddress {
        Glibc.close(descriptor)
        return address
    }
}
