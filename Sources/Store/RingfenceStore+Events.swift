// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Model
public import Primitives

extension RingfenceStore {
    /// Newest first.
    public func events(limit: Int = 100) throws -> [SecurityEvent] {
        try pool.read { try EventTable.list($0, limit: max(0, min(limit, Limits.listedRows))) }
    }

    /// Forgets what was noticed more than a year ago, in whole batches, with a line in the journal.
    public func pruneEvents(at now: WallTime) throws {
        try append(at: now) { try EventTable.prune($0, before: now + .seconds(-Limits.rememberedEvents)) }
    }
}
