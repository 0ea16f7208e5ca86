// SPDX-License-Identifier: Apache-2.0

import CCrypto
import Primitives

/// A digest in lower-case hexadecimal ASCII, the form in which SIP digests are sent and hashed again. Kept inline.
struct HexDigest: Sendable {
    private(set) var ascii = InlineArray<64, UInt8>(repeating: 0)
    /// 32 for MD5, 64 for the others.
    let count: Int

    /// - Parameter length: How many of `bytes` the digest has.
    init(_ bytes: InlineArray<32, UInt8>, _ length: Int) {
        count = length * 2
        for index in 0..<length {
            ascii[2 * index] = Hex.digit(bytes[index] >> 4)
            ascii[2 * index + 1] = Hex.digit(bytes[index] & 15)
        }
    }

    /// Reads either case; `nil` for a byte that is no digit or a length other than `count`.
    init?(parsing hex: String, count: Int) {
        guard hex.utf8.count == count else { return nil }
        self.count = count
        var index = 0
        for digit in hex.utf8 {
            guard let nibble = Hex.value(digit) else { return nil }
            ascii[index] = Hex.digit(nibble)
            index += 1
        }
    }

    var text: String {
        var bytes: [UInt8] = []
        for index in 0..<count { bytes.append(ascii[index]) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Compares without telling by its time where the two differ. The length is no secret.
    func equals(_ other: Span<UInt8>) -> Bool {
        guard other.count == count else { return false }
        let (mine, count) = (ascii.span, count)
        return unsafe mine.withUnsafeBufferPointer { mine in
            unsafe other.withUnsafeBufferPointer { other in
                guard let mine = mine.baseAddress, let other = other.baseAddress else { return false }
                return unsafe ringfence_equal(mine, other, count) == 1
            }
        }
    }
}
