// SPDX-License-Identifier: Apache-2.0

/// How the writing of records goes, for whoever looks after the system.
public struct RecordFigures: Hashable, Sendable {
    /// Records that the disk did not take, and that are tried again.
    public var unwritten = 0
    /// Records that nobody will ever write: there was no room for them to wait.
    public var lost = 0
    /// Calls that were not answered because their record could not be written.
    public var refused = 0
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
    /// So many records are lost, because the server ends.
    case lost(Int, any Error)
}
