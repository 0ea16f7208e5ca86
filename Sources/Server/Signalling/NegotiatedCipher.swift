// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Reads the cipher suite out of our own ServerHello, because NIOSSL does not say which one was chosen.
///
/// Stands between TLS and the socket for the first bytes of a connection, then leaves.
///
/// Source: RFC 8446 §4.1.3 and RFC 5246 §7.4.1.3, which agree as far as this reads.
final class NegotiatedCipher: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let found: (String) -> Void

    init(_ found: @escaping (String) -> Void) {
        self.found = found
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if let name = Self.name(inServerHello: unwrapOutboundIn(data).readableBytesView) { found(name) }
        context.write(data, promise: promise)
    }

    /// Leaves only now: bytes that were written and not flushed would stay behind.
    func flush(context: ChannelHandlerContext) {
        context.flush()
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    /// The IANA name of the suite, or `nil` when the bytes do not begin with a ServerHello record.
    ///
    /// Record header (5 bytes), handshake header (4), version (2), random (32), session identifier (1 + n), suite (2).
    static func name(inServerHello bytes: some RandomAccessCollection<UInt8>) -> String? {
        func byte(_ offset: Int) -> UInt8? {
            offset < bytes.count ? bytes[bytes.index(bytes.startIndex, offsetBy: offset)] : nil
        }
        guard byte(0) == 22, byte(5) == 2, let length = byte(43),
            let high = byte(44 + Int(length)), let low = byte(45 + Int(length))
        else { return nil }
        return name(UInt16(high) << 8 | UInt16(low))
    }

    /// The suites that ``TLSIdentity`` offers.
    private static func name(_ suite: UInt16) -> String? {
        switch suite {
        case 0x1301: "TLS_AES_128_GCM_SHA256"
        case 0x1302: "TLS_AES_256_GCM_SHA384"
        case 0x1303: "TLS_CHACHA20_POLY1305_SHA256"
        case 0xC02B: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
        case 0xC02C: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
        case 0xC02F: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
        case 0xC030: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
        case 0xCCA8: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
        case 0xCCA9: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
        default: nil
        }
    }
}
