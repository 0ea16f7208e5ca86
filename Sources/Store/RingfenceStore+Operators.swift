// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Primitives

extension RingfenceStore {
    /// Remembers that an operator was here. No setting changes, and the journal has no line of it.
    public func see(operator account: String, at now: WallTime) throws {
        try pool.write { try OperatorTable.see(account, at: now, $0) }
    }

    /// When each operator was here last, by account; those who never were are missing.
    public func operatorsLastSeen() throws -> [String: WallTime] {
        try pool.read { try OperatorTable.lastSeen($0) }
    }
}
