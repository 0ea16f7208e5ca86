// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Model

extension RingfenceStore {
    /// Newest first.
    public func events(limit: Int = 100) throws -> [SecurityEvent] {
        try pool.read { try EventTable.list($0, limit: max(0, min(limit, Limits.listedRows))) }
    }
}
