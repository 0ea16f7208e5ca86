// SPDX-License-Identifier: Apache-2.0

import Primitives

/// One nonce: ``length`` lower-case hexadecimal digits, kept inline.
public struct Nonce: Sendable {
    /// Of every nonce, in ASCII bytes.
    public static let length = 52

    var ascii = InlineArray<52, UInt8>(repeating: UInt8(ascii: "0"))

    /// Appends the digits, without quotes.
    public func append(to bytes: inout [UInt8]) {
        unsafe ascii.span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    public var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Its place in the order in which one issuer made them; `nil` for text that is no nonce.
    static func number(of nonce: Span<UInt8>) -> UInt32? {
        guard nonce.count == length else { return nil }
        var number: UInt32 = 0
        for index in 12..<20 {
            guard let digit = Hex.value(nonce[index]) else { return nil }
            number = number << 4 | UInt32(digit)
        }
        return number
    }
}
