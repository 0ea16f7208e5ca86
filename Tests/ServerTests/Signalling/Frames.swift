// SPDX-License-Identifier: Apache-2.0

/// WebSocket frames as a browser sends them (RFC 6455 §5.3).
enum Frames {
    static func text(_ text: String) -> [UInt8] { frame(0x81, Array(text.utf8)) }

    /// - Parameter first: The frame's first byte: whether it is the last of its message, and its kind.
    static func frame(_ first: UInt8, _ payload: [UInt8], isMasked: Bool = true) -> [UInt8] {
        let flag: UInt8 = isMasked ? 0x80 : 0
        let length = payload.count
        let head =
            length < 126
            ? [first, flag | UInt8(length)] : [first, flag | 126, UInt8(length >> 8), UInt8(length & 255)]
        let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        return isMasked ? head + mask + payload.enumerated().map { $0.element ^ mask[$0.offset % 4] } : head + payload
    }
}
