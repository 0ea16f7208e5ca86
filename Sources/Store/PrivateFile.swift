// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Files that only their owner may change, written so that a crash leaves the old or the new one.
public enum PrivateFile {
    /// Makes the file and waits until it is on the disk, or fails when something is already there.
    ///
    /// - Parameter mode: The permission bits, whatever the umask is; never readable by more, not even for a moment.
    public static func create(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o600) throws(StoreError) {
        let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, mode)
        guard file >= 0 else { throw .system(call: "open", path: path, errno: errno) }
        defer { close(file) }
        guard fchmod(file, mode) == 0 else { throw .system(call: "fchmod", path: path, errno: errno) }
        try write(bytes, to: file, path)
        guard fsync(file) == 0 else { throw .system(call: "fsync", path: path, errno: errno) }
    }

    /// Makes a folder that nobody else may look into, unless it is there.
    static func makeFolder(_ path: String) throws(StoreError) {
        guard mkdir(path, 0o700) != 0 else { return try syncDirectory(of: path) }
        guard errno == EEXIST else { throw .system(call: "mkdir", path: path, errno: errno) }
    }

    /// Puts a new file in place of the old one. After it returns the new one survives a power cut.
    public static func replace(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o600) throws(StoreError) {
        try prepare(path, bytes, mode: mode)
        try adopt(path)
    }

    /// Writes `path.new`, which ``adopt(_:)`` is to take, in place of what an earlier attempt left.
    public static func prepare(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o600) throws(StoreError) {
        unlink(path + ".new")
        try create(path + ".new", bytes, mode: mode)
    }

    /// Puts `path.new` in the place of `path` in one step, which survives a power cut.
    public static func adopt(_ path: String) throws(StoreError) { try adopt(path, from: path + ".new") }

    /// The same for a file or folder of another name.
    public static func adopt(_ path: String, from new: String) throws(StoreError) {
        guard rename(new, path) == 0 else { throw .system(call: "rename", path: path, errno: errno) }
        try syncDirectory(of: path)
    }

    /// Locks an open file for this process alone, until it is closed. Whoever is just letting go of it gets a moment for that: a
    /// server that has stopped, or a program that is being started and holds copies of our descriptors until it runs.
    ///
    /// - Returns: Whether nobody else has it locked.
    static func lock(_ descriptor: Int32) -> Bool {
        for _ in 0..<Limits.lockTries {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            guard errno == EWOULDBLOCK || errno == EINTR else { return false }
            usleep(Limits.betweenLockTries)
        }
        return false
    }

    /// - Parameter limit: Bytes; a longer file is damaged.
    /// - Returns: `nil` when there is no such file.
    static func read(_ path: String, limit: Int = 4_096) throws(StoreError) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw .system(call: "open", path: path, errno: errno)
        }
        defer { close(file) }
        // No more memory than it has bytes, and one to see that it grows; what has no length is read up to the limit.
        var status = stat()
        let size = fstat(file, &status) == 0 && status.st_size > 0 ? Int(status.st_size) : limit
        var bytes = [UInt8](repeating: 0, count: min(limit, size) + 1)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count >= 0 else { throw .system(call: "read", path: path, errno: errno) }
        guard count <= limit else { throw .damaged("\(path) is longer than \(limit) bytes") }
        return Array(bytes[..<count])
    }

    /// The permission bits, or `nil` when nothing is there.
    static func mode(_ path: String) -> UInt32? { status(path).map { $0.st_mode & 0o7777 } }

    /// `nil` when nothing is there.
    static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    /// - Throws: ``StoreError/exposed(_:mode:)`` when group or others have any right.
    static func requirePrivate(_ path: String) throws(StoreError) {
        guard let mode = mode(path) else { return }
        guard mode & 0o077 == 0 else { throw .exposed(path, mode: mode) }
    }

    /// - Throws: ``StoreError/exposed(_:mode:)`` when group or others can do more with a directory than pass through it. A
    ///   server that was killed may have left it so; the next one sets it right.
    static func requireUnlisted(_ path: String) throws(StoreError) {
        guard let mode = mode(path) else { return }
        guard mode & 0o066 == 0 else { throw .exposed(path, mode: mode) }
    }

    static func write(_ bytes: [UInt8], to file: Int32, _ path: String) throws(StoreError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system(call: "write", path: path, errno: errno) }
            written += count
        }
    }

    private static func syncDirectory(of path: String) throws(StoreError) {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let handle = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw .system(call: "open", path: directory, errno: errno) }
        defer { close(handle) }
        guard fsync(handle) == 0 else { throw .system(call: "fsync", path: directory, errno: errno) }
    }
}
