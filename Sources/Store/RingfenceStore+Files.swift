// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file of the data directory and who may use it.
public struct KeptFile: Hashable, Sendable, Codable {
    /// `seal.key`, or `data directory`.
    public let name: String
    public let path: String
    /// The permission bits, `0o600`.
    public let mode: UInt32
    /// The account that it belongs to.
    public let owner: UInt32

    /// Whether only the owner has any right.
    public var isPrivate: Bool { mode & 0o077 == 0 }
}

extension RingfenceStore {
    /// The directory and the files that hold what is kept, as they are now. Those that do not exist yet are not listed.
    public func files() -> [KeptFile] {
        let names = [
            "", "ringfence.sqlite", "ringfence.sqlite-wal", "ringfence.sqlite-shm", "seal.key", "journal.anchor",
        ]
        return names.compactMap { name in
            let path = name.isEmpty ? directory.path : "\(directory.path)/\(name)"
            return PrivateFile.status(path).map {
                KeptFile(
                    name: name.isEmpty ? "data directory" : name,
                    path: path,
                    mode: $0.st_mode & 0o7777,
                    owner: $0.st_uid
                )
            }
        }
    }
}
