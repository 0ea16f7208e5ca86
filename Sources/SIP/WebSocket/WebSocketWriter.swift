// SPDX-License-Identifier: Apache-2.0

/// Writes the frames of a server (RFC 6455 §5.2): in one piece, unmasked.
public enum WebSocketWriter {
    /// The longest head of a frame.
    public static let longestHead = 10

    /// The head of a frame that carries one SIP message (RFC 7118 §5.1): text where its bytes are UTF-8, else binary.
    public static func messageHead(_ message: Span<UInt8>) -> [UInt8] {
        let isText = (try? UTF8Span(validating: message)) != nil
        return head(isText ? .text : .binary, length: message.count)
    }

    /// The answer to a ping.
    ///
    /// - Parameter payload: The ping's, at most ``Limits/controlPayload`` bytes.
    public static func pong(_ payload: some Collection<UInt8>) -> [UInt8] {
        head(.pong, length: payload.count) + payload
    }

    /// Takes leave; without a reason in words, which nobody reads.
    public static func close(_ code: UInt16) -> [UInt8] {
        head(.close, length: 2) + [UInt8(code >> 8), UInt8(code & 255)]
    }

    private static func head(_ kind: WebSocketFrame.Kind, length: Int) -> [UInt8] {
        let first = 0x80 | kind.rawValue
        if length < 126 { return [first, UInt8(length)] }
        if length <= 0xFFFF { return [first, 126, UInt8(length >> 8), UInt8(length & 255)] }
        return [first, 127] + (0..<8).map { UInt8(truncatingIfNeeded: UInt64(length) >> UInt64(56 - 8 * $0)) }
    }
}
