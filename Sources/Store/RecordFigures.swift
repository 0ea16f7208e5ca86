// SPDX-License-Identifier: Apache-2.0

/// How the writing of records goes, for whoever looks after the system.
public struct RecordFigures: Hashable, Sendable {
    /// Records that the disk did not take, and that are tried again.
    public var unwritten = 0
    /// Records that nobody will ever write: there was no room for them to wait.
    public var lost = 0
    /// Calls whose answer went out, or did not, before the disk had their record: it did not take it, or not in time.
    public var refused = 0
    /// Records that are safe in the log, while the tables do not take them; 0 while they do.
    public var unfilled = 0
    /// Whether the disk takes nothing, or has taken everything for a few seconds only.
    public var isFailing = false
    /// Seconds that what is due has been waiting, or that a commit has lasted. More than a few mean that the disk does not
    /// answer, or that the writer stands still.
    public var late = 0

    public init() {}
}

/// What a writer of records tells the log: once for each change.
public enum RecordCondition: Sendable {
    /// The database does not take what is written. Records of calls are kept and tried again.
    case failing(any Error)
    /// It has taken everything for a while, with so many records that had waited.
    case recovered(Int)
    /// The tables do not take records. They stay in the log, and are tried again.
    case notFilled(any Error)
    /// The tables have everything that waited for them.
    case filled
    /// So many records are lost, because the server ends.
    case lost(Int, any Error)
}
