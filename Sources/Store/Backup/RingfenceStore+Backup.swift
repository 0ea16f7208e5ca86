// SPDX-License-Identifier: Apache-2.0

import GRDB
import Glibc

extension RingfenceStore {
    /// Copies the database as it is at this moment into a new file, while everything goes on.
    ///
    /// - Parameter path: Nothing may be there yet.
    /// - Returns: What stands for the end of the journal; as old as the copy, or a little older.
    public func copyDatabase(to path: String) throws -> [UInt8] {
        let anchor = try PrivateFile.read(directory.anchor) ?? []
        try PrivateFile.create(path, [])
        let copy = try DatabaseQueue(path: path)
        try pool.backup(to: copy)
        // Whoever opens it finds no server that was killed, and one file that is whole.
        try copy.write { try StoreMark(isOpen: false, log: "").save($0) }
        try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
        try copy.close()
        return anchor
    }

    /// Takes away what would let somebody in as of old: sessions, browsers that are known and invitations that were used since.
    public func forgetAccess() throws {
        try pool.write { database in
            for table in ["portal_sessions", "known_browsers", "invitations"] {
                try database.execute(sql: "DELETE FROM \(table)")
            }
        }
    }
}
