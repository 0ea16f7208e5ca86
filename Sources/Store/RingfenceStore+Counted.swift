// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
public import Primitives

extension RingfenceStore {
    /// Keeps what was counted of calls outside, in place of what was kept before. When it returns, it is on the disk.
    public func keepCounted(_ bytes: [UInt8], at now: WallTime) throws {
        try pool.write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO counted_calls (id, at, value) VALUES (1, ?, ?)",
                arguments: [now.milliseconds, Data(bytes)]
            )
        }
    }

    /// What was kept last; `nil` for nothing.
    public func counted() throws -> [UInt8]? {
        try pool.read { database in
            try Data.fetchOne(database, sql: "SELECT value FROM counted_calls").map { Array($0) }
        }
    }
}
