// SPDX-License-Identifier: Apache-2.0

import Crypto
import Glibc

/// The files of one business, mode 0700 the directory and 0600 each file, used by one process at a time. The directory is
/// 0711 while other accounts may run the system, who pass through it to the control socket.
public final class DataDirectory: Sendable {
    public let path: String
    private let lock: Int32

    public var database: String { path + "/ringfence.sqlite" }
    /// The key that opens the credentials; beside the database, never in it.
    public var sealKey: String { path + "/seal.key" }
    /// How far the journal has come, for finding out that its end was cut off.
    public var anchor: String { path + "/journal.anchor" }

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
        lock = Glibc.open(file, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw .system(call: "open", path: file, errno: errno) }
        // From here on `deinit` closes it, also when this throws.
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw .inUse(path) }
    }

    deinit { close(lock) }
}
