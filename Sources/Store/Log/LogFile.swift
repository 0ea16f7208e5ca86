// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The file of a record log: two halves of one size, and its place on the disk taken when it is made.
///
/// Used by one process at a time. A file that is made is there as a whole or not at all.
final class LogFile: Sendable {
    let path: String
    /// Bytes of a half.
    let half: Int
    private let descriptor: Int32

    /// - Returns: `nil` when there is none.
    static func open(_ path: String) throws(StoreError) -> LogFile? {
        try PrivateFile.requirePrivate(path)
        let descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .system(call: "open", path: path, errno: errno)
        }
        var head = [UInt8](repeating: 0, count: LogSegment.head)
        guard pread(descriptor, &head, head.count, 0) >= 0 else { throw failed("read", path, descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failed("fstat", path, descriptor) }
        let half = LogSegment.readHeader(head[...])?.size ?? Int(status.st_size) / 2
        return try LogFile(path, half: half, descriptor)
    }

    /// Whether it has the size that it was made with.
    var isWhole: Bool {
        var status = stat()
        return half > LogSegment.head && fstat(descriptor, &status) == 0 && Int(status.st_size) == 2 * half
    }

    /// Makes one whose first half begins at an epoch, in place of any there is.
    static func make(_ path: String, half: Int, epoch: UInt64, frame: [UInt8]) throws(StoreError) -> LogFile {
        let new = path + ".new"
        unlink(new)
        let descriptor = Glibc.open(new, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system(call: "open", path: new, errno: errno) }
        let taken = posix_fallocate(descriptor, 0, off_t(2 * half))
        guard taken == 0 else {
            close(descriptor)
            unlink(new)
            throw .system(call: "posix_fallocate", path: new, errno: taken)
        }
        let file = try LogFile(path, half: half, descriptor)
        guard fchmod(descriptor, 0o600) == 0 else { throw .system(call: "fchmod", path: new, errno: errno) }
        try file.write(LogSegment.header(epoch: epoch, size: half) + frame, at: 0)
        try file.sync()
        try PrivateFile.adopt(path)
        return file
    }

    private init(_ path: String, half: Int, _ descriptor: Int32) throws(StoreError) {
        (self.path, self.half, self.descriptor) = (path, half, descriptor)
        // From here on `deinit` closes it, also when this throws.
        guard PrivateFile.lock(descriptor) else { throw .inUse(path) }
    }

    /// Lets go of it before it closes it: a program that is being started holds a copy of our descriptor for a moment.
    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func failed(_ call: String, _ path: String, _ descriptor: Int32) -> StoreError {
        let code = errno
        close(descriptor)
        return .system(call: call, path: path, errno: code)
    }

    /// Whether it is still in the folder: what is written to a file that somebody deleted is gone with the process.
    var isInPlace: Bool {
        var (own, there) = (stat(), stat())
        return fstat(descriptor, &own) == 0 && lstat(path, &there) == 0 && own.st_ino == there.st_ino
            && own.st_dev == there.st_dev
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(StoreError) {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset + done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system(call: "write", path: path, errno: errno) }
            done += count
        }
    }

    /// Returns when what was written survives a power cut.
    func sync() throws(StoreError) {
        guard fdatasync(descriptor) == 0 else { throw .system(call: "fdatasync", path: path, errno: errno) }
    }

    /// All of it.
    func read() throws(StoreError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 2 * half)
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, off_t(done))
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(call: "read", path: path, errno: errno) }
            // Somebody cut it off: the rest counts as empty.
            guard count > 0 else { break }
            done += count
        }
        return bytes
    }
}
