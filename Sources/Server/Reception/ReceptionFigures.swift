// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What became of the connections that a reception accepted.
struct ReceptionCounts: Hashable, Sendable {
    /// Sent on to the business that they asked for.
    var passedOn: UInt64 = 0
    /// Closed: the name is nobody's, or there was none and several businesses to choose from.
    var strayed: UInt64 = 0
    /// Closed: no TLS hello, or one that cannot be read.
    var refused: UInt64 = 0
    /// Closed: the hello was not there in time.
    var overdue: UInt64 = 0
    /// Closed: too many of their source, or in all, were still to say whom they want.
    var crowded: UInt64 = 0
    /// Times that accepting rested because the system had no descriptor or no memory.
    var pauses: UInt64 = 0
    /// Connections that are to say whom they want.
    var waiting = 0
}

/// The same, written by the reception's thread at the end of each turn and read by anybody.
final class ReceptionFigures: Sendable {
    private let state = Mutex(ReceptionCounts())

    var counts: ReceptionCounts {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
