// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Primitives

/// Makes backups of a running system.
public protocol BackupKeeper: Sendable {
    /// Makes one now.
    ///
    /// - Parameter folder: An absolute path.
    /// - Throws: Why there is none.
    func backUp(to folder: String) async throws(Refusal) -> BackupReport
    /// Those in the folder of the settings, the newest first.
    func backups() async throws(Refusal) -> [BackupReport]
}

/// One backup.
public struct BackupReport: Hashable, Sendable, Codable {
    public let path: String
    public let madeAt: WallTime
    /// Bytes.
    public let size: Int

    public init(path: String, madeAt: WallTime, size: Int) {
        (self.path, self.madeAt, self.size) = (path, madeAt, size)
    }
}
