// SPDX-License-Identifier: Apache-2.0

/// The head of a frame from a client (RFC 6455 §5.2), checked as far as a single frame can be.
struct WebSocketFrame: Hashable, Sendable {
    enum Kind: UInt8, Sendable {
        case continuation = 0x0
        case text = 0x1
        case binary = 0x2
        case close = 0x8
        case ping = 0x9
        case pong = 0xA

        var isControl: Bool {
            switch self {
            case .close, .ping, .pong: true
            case .continuation, .text, .binary: false
            }
        }
    }

    let kind: Kind
    let isFinal: Bool
    /// The four bytes of the mask, the first one highest.
    let mask: UInt32
    /// Where the payload begins, counted from the frame's first byte.
    let headLength: Int
    let payloadLength: Int

    /// Reads a head.
    ///
    /// - Parameter limit: Bytes that a payload may have. Judged by the head alone: nothing is waited for that would be refused.
    /// - Returns: `nil` while the head is not complete.
    init?(_ bytes: Span<UInt8>, at start: Int, limit: Int) throws(WebSocketError) {
        guard start + 2 <= bytes.count else { return nil }
        let (first, second) = (bytes[start], bytes[start + 1])
        // No extension was agreed on, so the three reserved bits mean nothing; a client masks what it sends (§5.1).
        guard first & 0x70 == 0, second & 0x80 != 0, let kind = Kind(rawValue: first & 0x0F) else { throw .violation }
        let short = Int(second & 0x7F)
        isFinal = first & 0x80 != 0
        if kind.isControl {
            // §5.5: in one piece, with a length that fits into seven bits.
            guard isFinal, short <= Limits.controlPayload else { throw .violation }
        }
        let lengthBytes = short < 126 ? 0 : short == 126 ? 2 : 8
        let maskStart = start + 2 + lengthBytes
        guard maskStart <= bytes.count else { return nil }
        payloadLength = try Self.length(bytes, short, from: start + 2, to: maskStart, limit: limit)
        guard maskStart + 4 <= bytes.count else { return nil }
        mask = (maskStart..<maskStart + 4).reduce(0) { $0 << 8 | UInt32(bytes[$1]) }
        headLength = maskStart + 4 - start
        self.kind = kind
    }

    private static func length(
        _ bytes: Span<UInt8>,
        _ short: Int,
        from start: Int,
        to end: Int,
        limit: Int
    ) throws(WebSocketError) -> Int {
        guard end > start else {
            guard short <= limit else { throw .tooLarge }
            return short
        }
        let long = (start..<end).reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[$1]) }
        // The highest bit is zero, and the shortest form is used (§5.2).
        guard long >> 63 == 0, long > (end - start == 2 ? 125 : 0xFFFF) else { throw .violation }
        guard long <= UInt64(limit) else { throw .tooLarge }
        return Int(long)
    }
}

/// Why a WebSocket ends before its peer wanted it to.
public enum WebSocketError: UInt16, Error, Hashable, Sendable {
    /// Bytes that are not the protocol.
    case violation = 1002
    /// A text message that is no UTF-8 (RFC 6455 §8.1).
    case notText = 1007
    /// A longer message than is read, or one in more pieces.
    case tooLarge = 1009
}
