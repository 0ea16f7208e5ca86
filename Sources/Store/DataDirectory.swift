// SPDX-License-Identifier: Apache-2.0

import Crypto
import Glibc
import Primitives
import Synchronization

/// The files of one business, mode 0700 the directory and 0600 each file, used by one process at a time. The directory is
/// 0711 while other accounts may run the system, who pass through it to the control socket.
public final class DataDirectory: Sendable {
    public let path: String
    /// The folder itself is locked, and a file in it that earlier versions lock. The file can be deleted under a server.
    private let locks: [Int32]
    /// The database file that was there when it was opened.
    private let opened = Mutex<ino_t?>(nil)

    public var database: String { path + "/ringfence.sqlite" }
    /// The key that opens the credentials; beside the database, never in it.
    public var sealKey: String { path + "/seal.key" }
    /// Where records of calls are before the database has them.
    var log: String { path + "/records.log" }
    /// How far the journal has come, for finding out that its end was cut off.
    public var anchor: String { path + "/journal.anchor" }
    /// When a server was last known to live while calls were up, in milliseconds since 1970: 20 digits and a line feed.
    private var lifeSign: String { path + "/last-alive" }

    /// Makes the directory, or takes an empty one, with a new seal key.
    static func create(_ path: String) throws(StoreError) -> DataDirectory {
        if mkdir(path, 0o700) != 0 {
            guard errno == EEXIST else { throw .system(call: "mkdir", path: path, errno: errno) }
            guard chmod(path, 0o700) == 0 else { throw .system(call: "chmod", path: path, errno: errno) }
        }
        let directory = try DataDirectory(locking: path)
        for file in [directory.database, directory.sealKey, directory.anchor] where PrivateFile.mode(file) != nil {
            throw .alreadyInitialised(path)
        }
        let key = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        try PrivateFile.create(directory.sealKey, key)
        // SQLite gives its WAL and index files the mode of the database, so it is there first.
        try PrivateFile.create(directory.database, [])
        return directory
    }

    /// - Throws: ``StoreError/exposed(_:mode:)`` when another account of the machine can use a file that holds secrets.
    static func open(_ path: String) throws(StoreError) -> DataDirectory {
        guard PrivateFile.mode(path) != nil else { throw .notADataDirectory(path) }
        try PrivateFile.requireUnlisted(path)
        let directory = try DataDirectory(locking: path)
        for file in [directory.database, directory.sealKey] {
            guard PrivateFile.mode(file) != nil else { throw .notADataDirectory(path) }
        }
        for file in [directory.database, directory.database + "-wal", directory.sealKey, directory.anchor] {
            try PrivateFile.requirePrivate(file)
        }
        return directory
    }

    private init(locking path: String) throws(StoreError) {
        self.path = path
        let file = path + "/store.lock"
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW
        locks = [Glibc.open(path, flags), Glibc.open(file, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)]
        let code = errno
        // From here on `deinit` closes them, also when this throws.
        guard locks.allSatisfy({ $0 >= 0 }) else { throw .system(call: "open", path: file, errno: code) }
        guard locks.allSatisfy(PrivateFile.lock) else { throw .inUse(path) }
        // Its place on the disk is taken while there is room.
        if PrivateFile.mode(lifeSign) == nil { try? noteLife(at: WallTime(milliseconds: 0)) }
    }

    /// Lets go of them before it closes them: a program that is being started holds copies of our descriptors for a moment.
    deinit {
        for lock in locks where lock >= 0 {
            flock(lock, LOCK_UN)
            close(lock)
        }
    }

    /// The database that is there is the one that was opened.
    func rememberDatabase() { opened.withLock { $0 = PrivateFile.status(database)?.st_ino } }

    /// - Throws: When the database file is not the one any more that was opened.
    func requireInPlace() throws(StoreError) {
        let opened = opened.withLock { $0 }
        guard opened == nil || PrivateFile.status(database)?.st_ino == opened else {
            throw .system(call: "write", path: database, errno: ENOENT)
        }
    }

    /// Notes that the server lives. In place and without waiting for the disk, so that a full one does not matter: the last
    /// seconds before a power cut may be missing, those before a crash are not.
    func noteLife(at now: WallTime) throws(StoreError) {
        let digits = String(max(0, now.milliseconds))
        let text = String(repeating: "0", count: max(0, 20 - digits.count)) + digits + "\n"
        let file = Glibc.open(lifeSign, O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .system(call: "open", path: lifeSign, errno: errno) }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard pwrite(file, bytes, bytes.count, 0) == bytes.count else {
            throw .system(call: "write", path: lifeSign, errno: errno)
        }
    }

    /// `nil` when none was noted, or what is there cannot be read.
    var lastLife: WallTime? {
        guard let bytes = try? PrivateFile.read(lifeSign, limit: 64), bytes.count == 21 else { return nil }
        return Int64(String(decoding: bytes.prefix(20), as: UTF8.self)).map(WallTime.init)
    }
}
