// SPDX-License-Identifier: Apache-2.0

import CCrypto

/// One message digest being computed. Lives on the stack and allocates nothing.
struct MessageDigest: ~Copyable {
    private let algorithm: ringfence_digest_algorithm
    private let length: Int
    private var state = ringfence_digest()

    init(_ algorithm: DigestAlgorithm) {
        switch algorithm {
        case .md5: self.algorithm = ringfence_md5
        case .sha256: self.algorithm = ringfence_sha256
        case .sha512256: self.algorithm = ringfence_sha512_256
        }
        length = algorithm.digestLength
        unsafe ringfence_digest_start(&state, self.algorithm)
    }

    mutating func add(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe ringfence_digest_add(&state, algorithm, buffer.baseAddress, buffer.count)
        }
    }

    mutating func add(_ text: StaticString) {
        unsafe ringfence_digest_add(&state, algorithm, text.utf8Start, text.utf8CodeUnitCount)
    }

    mutating func add(_ text: String) {
        let utf8 = text.utf8
        add(utf8.span)
    }

    mutating func add(_ digest: HexDigest) {
        let ascii = digest.ascii
        add(ascii.span.extracting(0..<digest.count))
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

    consuming func finish() -> HexDigest {
        var bytes = InlineArray<32, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        unsafe span.withUnsafeMutableBufferPointer { buffer in
            unsafe ringfence_digest_finish(&state, algorithm, buffer.baseAddress)
        }
        return HexDigest(bytes, length)
    }
}
