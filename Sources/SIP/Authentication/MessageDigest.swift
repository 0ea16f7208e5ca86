// SPDX-License-Identifier: Apache-2.0

import CCrypto

/// One message digest being computed on this thread's own OpenSSL context: no allocation once a thread is warm.
///
/// Finish one before starting another of the same algorithm on the same thread.
struct MessageDigest: ~Copyable {
    private let algorithm: Int32
    /// Whether OpenSSL has done everything so far; its configuration may forbid MD5.
    private var isSound: Bool

    init(_ algorithm: DigestAlgorithm) {
        switch algorithm {
        case .md5: self.algorithm = RINGFENCE_MD5
        case .sha256: self.algorithm = RINGFENCE_SHA256
        case .sha512256: self.algorithm = RINGFENCE_SHA512_256
        }
        isSound = ringfence_digest_start(self.algorithm) == 1
    }

    mutating func add(_ bytes: Span<UInt8>) {
        let (algorithm, count) = (algorithm, bytes.count)
        let added = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe ringfence_digest_add(algorithm, buffer.baseAddress, count)
        }
        isSound = isSound && added == 1
    }

    mutating func add(_ text: StaticString) {
        let (algorithm, count) = (algorithm, text.utf8CodeUnitCount)
        let added = unsafe ringfence_digest_add(algorithm, text.utf8Start, count)
        isSound = isSound && added == 1
    }

    mutating func add(_ text: String) {
        let utf8 = text.utf8
        add(utf8.span)
    }

    /// Adds what a quoted string says: each `\x` counts as `x` (RFC 3261 §25.1, quoted-pair).
    mutating func add(unescaping content: Span<UInt8>) {
        var (start, index) = (0, 0)
        while index < content.count {
            if content[index] == UInt8(ascii: "\\"), index + 1 < content.count {
                add(content.extracting(start..<index))
                start = index + 1
                index += 1
            }
            index += 1
        }
        add(content.extracting(start..<content.count))
    }

    /// - Returns: `nil` when OpenSSL refused.
    consuming func finish(_ length: Int) -> HexDigest? {
        var bytes = InlineArray<32, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        let algorithm = algorithm
        let finished = unsafe span.withUnsafeMutableBufferPointer { buffer in
            unsafe ringfence_digest_finish(algorithm, buffer.baseAddress)
        }
        guard isSound, finished == 1 else { return nil }
        return HexDigest(bytes, length)
    }
}
