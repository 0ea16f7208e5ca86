// SPDX-License-Identifier: Apache-2.0

/// Makes messages of the frames of a client (RFC 6455 §5, §8.1), in the buffer that they arrived in.
///
/// A message in one frame, which is what every client sends, is unmasked where it stands. Only pieces of a message are
/// copied, and kept up to ``Limits/messageBytes``.
///
/// ```swift
/// var offset = 0
/// while let event = try receiver.next(&buffer, at: &offset) { … }
/// buffer.removeFirst(offset)
/// ```
public struct WebSocketReceiver: Sendable {
    public enum Event: Hashable, Sendable {
        /// A whole message, at this place of the buffer.
        case message(Range<Int>)
        /// A whole message that came in pieces.
        case joined([UInt8])
        /// To be answered by a pong with the same payload, at this place of the buffer.
        case ping(Range<Int>)
        case pong
        /// The peer takes leave. `nil` where it gives no reason.
        case close(UInt16?)
    }

    private struct Unfinished: Sendable {
        let isText: Bool
        var bytes: [UInt8]
        var pieces: Int
    }

    private var unfinished: Unfinished?

    public init() {}

    /// Bytes of a message whose end has not come, beside those in the buffer.
    public var heldBytes: Int { unfinished?.bytes.count ?? 0 }

    /// The next thing that arrived, or `nil` until more bytes come.
    ///
    /// - Parameters:
    ///   - bytes: Everything that arrived and is not done with. What is read is unmasked in place.
    ///   - offset: Where to begin; afterwards behind what is done with.
    public mutating func next(_ bytes: inout [UInt8], at offset: inout Int) throws(WebSocketError) -> Event? {
        while true {
            let kept = unfinished?.bytes.count ?? 0
            guard let frame = try WebSocketFrame(bytes.span, at: offset, limit: Limits.messageBytes - kept),
                frame.payloadLength <= bytes.count - offset - frame.headLength
            else { return nil }
            let payload = offset + frame.headLength..<offset + frame.headLength + frame.payloadLength
            unmask(&bytes, payload, frame.mask)
            offset = payload.upperBound
            if let event = try take(frame, bytes, payload) { return event }
        }
    }

    private mutating func take(
        _ frame: WebSocketFrame,
        _ bytes: borrowing [UInt8],
        _ payload: Range<Int>
    ) throws(WebSocketError) -> Event? {
        switch frame.kind {
        case .ping: return .ping(payload)
        case .pong: return .pong
        case .close: return .close(try closeCode(bytes, payload))
        case .text, .binary:
            // §5.4: pieces of two messages are never mixed.
            guard unfinished == nil else { throw .violation }
            guard frame.isFinal else {
                unfinished = Unfinished(isText: frame.kind == .text, bytes: Array(bytes[payload]), pieces: 1)
                return nil
            }
            try check(bytes.span.extracting(payload), isText: frame.kind == .text)
            return .message(payload)
        case .continuation:
            return try join(frame, bytes, payload)
        }
    }

    private mutating func join(
        _ frame: WebSocketFrame,
        _ bytes: borrowing [UInt8],
        _ payload: Range<Int>
    ) throws(WebSocketError) -> Event? {
        guard var message = unfinished.take() else { throw .violation }
        message.pieces += 1
        guard message.pieces <= Limits.fragments else { throw .tooLarge }
        message.bytes.append(contentsOf: bytes[payload])
        guard frame.isFinal else {
            unfinished = message
            return nil
        }
        try check(message.bytes.span, isText: message.isText)
        return .joined(message.bytes)
    }

    /// RFC 6455 §7.4: none, or two bytes that are a code which may stand on the wire, with a reason in UTF-8.
    private func closeCode(_ bytes: borrowing [UInt8], _ payload: Range<Int>) throws(WebSocketError) -> UInt16? {
        if payload.isEmpty { return nil }
        guard payload.count >= 2 else { throw .violation }
        let code = UInt16(bytes[payload.lowerBound]) << 8 | UInt16(bytes[payload.lowerBound + 1])
        switch code {
        case 1000...1003, 1007...1014, 3000...4999:
            try check(bytes.span.extracting(payload.dropFirst(2)), isText: true)
            return code
        default: throw .violation
        }
    }

    private func check(_ message: Span<UInt8>, isText: Bool) throws(WebSocketError) {
        guard isText else { return }
        do { _ = try UTF8Span(validating: message) } catch { throw .notText }
    }
}

/// §5.3.
private func unmask(_ bytes: inout [UInt8], _ range: Range<Int>, _ mask: UInt32) {
    let key = (UInt8(mask >> 24), UInt8(mask >> 16 & 255), UInt8(mask >> 8 & 255), UInt8(mask & 255))
    var span = bytes.mutableSpan
    var index = range.lowerBound
    while index + 4 <= range.upperBound {
        span[index] ^= key.0
        span[index + 1] ^= key.1
        span[index + 2] ^= key.2
        span[index + 3] ^= key.3
        index += 4
    }
    if index < range.upperBound { span[index] ^= key.0 }
    if index + 1 < range.upperBound { span[index + 1] ^= key.1 }
    if index + 2 < range.upperBound { span[index + 2] ^= key.2 }
}
