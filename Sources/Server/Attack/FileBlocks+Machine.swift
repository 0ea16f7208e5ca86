// SPDX-License-Identifier: Apache-2.0

import Audit
import CNetwork
import Glibc
import Synchronization

extension FileBlocks {
    /// The content of a file in blocks of 256 KiB; `nil` when it cannot be opened or is no file.
    static func reading(_ path: String) -> FileBlocks? {
        guard let reader = BlockReader(path) else { return nil }
        return FileBlocks { reader.next() }
    }
}

/// Reads a file from its beginning.
private final class BlockReader: Sendable {
    private let descriptor: Int32
    private let isKept: Bool
    private let offset = Mutex<off_t>(0)

    init?(_ path: String) {
        var file = RingfenceFile()
        guard ringfence_file(-1, path, &file) == 0, file.is_plain != 0 else { return nil }
        isKept = path.split(separator: "/").last?.hasPrefix("ringfence.sqlite") == true
        descriptor =
            isKept ? DatabaseDescriptors.open(path, file.number) : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
    }

    deinit { if !isKept { close(descriptor) } }

    func next() -> [UInt8] {
        offset.withLock { offset in
            [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, count in
                count = max(0, pread(descriptor, buffer.baseAddress, buffer.count, offset))
                offset += off_t(count)
            }
        }
    }
}

/// Descriptors of the files of databases, which stay open while their file is there. A process that closes one of a file gives up every lock
/// that it has on it (fcntl(2)), also those that SQLite holds by another: whoever opened the database next would take it for unused, and
/// delete the log that the server goes on writing to.
private enum DatabaseDescriptors {
    private static let known = Mutex<[String: (number: UInt64, descriptor: Int32)]>([:])

    /// - Parameter number: The file's, as it is now.
    static func open(_ path: String, _ number: UInt64) -> Int32 {
        known.withLock { known in
            for (path, kept) in known where !isThere(path, kept.number) {
                close(kept.descriptor)
                known[path] = nil
            }
            if let kept = known[path] { return kept.descriptor }
            let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            if descriptor >= 0 { known[path] = (number, descriptor) }
            return descriptor
        }
    }

    private static func isThere(_ path: String, _ number: UInt64) -> Bool {
        var file = RingfenceFile()
        return ringfence_file(-1, path, &file) == 0 && file.number == number
    }
}
