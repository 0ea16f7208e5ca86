// SPDX-License-Identifier: Apache-2.0

/// What a media loop bounds beside ``RelayLimits``.
enum MediaLimits {
    /// Commands that wait for the loop, for each relay it has room for. It takes them within a millisecond; only a loop
    /// that hangs lets them wait. Beyond this, opening and changing relays is refused; closing never is.
    static let commandsPerRelay = 8
    /// Batches read from one socket before the other has its turn.
    static let batchesPerTurn = 16
    /// Bytes that the kernel keeps for us while the loop does something else: half a second of 1,000 calls.
    static let socketBuffer = 32 << 20
    /// How often reports are made.
    static let report: Duration = .seconds(1)
}
