// SPDX-License-Identifier: Apache-2.0

import GRDB
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
            "records.log",
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

extension RingfenceStore {
    /// What is wrong with the database of a directory that no server uses, read only; `nil` where nothing is, or nobody can say.
    public static func damage(in directory: String) -> StoreError? {
        var configuration = Configuration()
        configuration.readonly = true
        do {
            let faults = try DatabaseQueue(path: directory + "/ringfence.sqlite", configuration: configuration).read {
                try String.fetchAll($0, sql: "PRAGMA quick_check(3)")
            }
            return faults == ["ok"] ? nil : .damaged(faults.joined(separator: "; "))
        } catch {
            guard case .database(.damaged, let message)? = StoreError(error) else { return nil }
            return .damaged(message)
        }
    }
}
