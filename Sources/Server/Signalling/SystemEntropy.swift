// SPDX-License-Identifier: Apache-2.0

import Glibc
import Primitives
import Synchronization

/// The system's random source, drawn from in blocks: one system call for 64 words instead of one for each.
final class SystemEntropy: Sendable {
    private static let block = 64
    private let words = Mutex<[UInt64]>([])

    static func make() -> Entropy {
        let source = SystemEntropy()
        return Entropy { source.draw() }
    }

    private func draw() -> UInt64 {
        words.withLock { words in
            if words.isEmpty {
                words = Array(repeating: 0, count: Self.block)
                words.withUnsafeMutableBytes { bytes in
                    // At most 256 bytes are always served whole (man 2 getrandom), so this is two calls.
                    for start in stride(from: 0, to: bytes.count, by: 256) {
                        let part = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<min(start + 256, bytes.count)])
                        precondition(getentropy(part.baseAddress, part.count) == 0, "the system has no randomness")
                    }
                }
            }
            return words.removeLast()
        }
    }
}
