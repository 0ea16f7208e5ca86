// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// What a connection reads into: a buffer that lives as long as its bytes are looked at.
///
/// NIO keeps the first buffer of a connection while the connection lives, to read into it again. A phone says something twice
/// a minute, and there may be tens of thousands of them: so the one that is kept is small, and every other goes back at once.
struct FleetingReads: RecvByteBufferAllocator {
    private var isFirst = true

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        allocator.buffer(capacity: isFirst ? Limits.firstRead : Limits.read)
    }

    /// - Returns: That the next buffer may be larger than the one that is kept, so that it is not used again.
    mutating func record(actualReadBytes: Int) -> Bool {
        isFirst = false
        return true
    }
}
