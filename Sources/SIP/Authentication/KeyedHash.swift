// SPDX-License-Identifier: Apache-2.0

import CCrypto
import Primitives

/// HMAC-SHA-256 under a key that was worked in once, so that a short message costs two compressions and no allocation
/// (RFC 2104).
struct KeyedHash: Sendable {
    private let key: Redacted<ringfence_hmac_key>

    /// - Precondition: `key` has 32 bytes.
    init(key: Span<UInt8>) {
        precondition(key.count == 32, "A key of a keyed hash has 32 bytes")
        let made = unsafe key.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return ringfence_hmac_key() }
            return unsafe ringfence_hmac_key_make(start)
        }
        self.key = Redacted(made)
    }

    /// A key for one purpose: whoever learns it learns nothing of this one, or of those of other purposes.
    func derived(for purpose: String) -> KeyedHash {
        let utf8 = purpose.utf8
        return KeyedHash(key: mac(utf8.span).span)
    }

    func mac(_ message: Span<UInt8>) -> InlineArray<32, UInt8> {
        var mac = InlineArray<32, UInt8>(repeating: 0)
        var output = mac.mutableSpan
        key.reveal { key in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    unsafe withUnsafePointer(to: key) { key in
                        unsafe ringfence_hmac(key, message.baseAddress, message.count, output.baseAddress)
                    }
                }
            }
        }
        return mac
    }
}

/// Whether two texts of the same length are equal, in a time that does not depend on where they differ.
func isEqual(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
    guard one.count == other.count else { return false }
    return unsafe one.withUnsafeBufferPointer { one in
        unsafe other.withUnsafeBufferPointer { other in
            guard let first = one.baseAddress, let second = other.baseAddress else { return true }
            return unsafe ringfence_equal(first, second, one.count) == 1
        }
    }
}
