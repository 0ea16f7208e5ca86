// SPDX-License-Identifier: Apache-2.0

/// What one loop has counted since its start.
struct LoopFigures: Sendable {
    var acceptedConnections: UInt64 = 0
    /// Refused before TLS.
    var refusedConnections: UInt64 = 0
    var failedHandshakes: UInt64 = 0
    /// Messages of strangers over budget, not parsed and not answered.
    var droppedMessages: UInt64 = 0
    /// Times that a phone was not read for a moment, because it had used up its budget.
    var pauses: UInt64 = 0
    /// Connections closed for bytes that are no SIP.
    var malformed: UInt64 = 0
    /// Connections closed because nothing came in time.
    var overdue: UInt64 = 0
    /// Connections closed because their peer did not read.
    var slowReaders: UInt64 = 0
    /// Connections closed because they went on far over budget.
    var overBudget: UInt64 = 0
    /// Connections closed because there was no room for the next one.
    var crowdedOut: UInt64 = 0
    /// Sources shut out.
    var bans: UInt64 = 0
    /// Connections and datagrams of sources that are shut out.
    var bannedConnections: UInt64 = 0
    var bannedDatagrams: UInt64 = 0
}
