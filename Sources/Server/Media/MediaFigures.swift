// SPDX-License-Identifier: Apache-2.0

import Media
import Synchronization

/// What a media loop has done so far, written by its thread once a second and read by anybody.
final class MediaFigures: Sendable {
    private let state = Mutex((counters: RelayCounters(), unsent: UInt64(0)))

    /// What became of the packets that arrived.
    var counters: RelayCounters { state.withLock { $0.counters } }
    /// Packets that the system did not take from us.
    var unsent: UInt64 { state.withLock { $0.unsent } }

    func update(_ counters: RelayCounters, unsent: UInt64) {
        state.withLock { $0 = (counters, unsent) }
    }
}
