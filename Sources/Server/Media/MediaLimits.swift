// SPDX-License-Identifier: Apache-2.0

/// What a media loop bounds beside ``RelayLimits``.
enum MediaLimits {
    /// Commands that wait for the loop, for each relay it has room for. It takes them with the next packet, at the latest
    /// after ``report``, and is woken when half of these wait. Beyond this, opening and changing relays is refused; closing
    /// never is.
    static let commandsPerRelay = 8
    /// Batches read from one socket before the other has its turn.
    static let batchesPerTurn = 16
    /// Bytes that the kernel keeps for us while the loop does something else: half a second of 1,000 calls.
    static let socketBuffer = 32 << 20
    /// The same for a socket of one call: some hundred packets. What a stranger floods it with takes no more memory than that.
    static let plainSocketBuffer = 256 << 10
    /// Sockets of plain legs that are read before the others have their turn, each one batch.
    static let plainSocketsPerTurn = 64
    /// How often reports are made, in milliseconds.
    static let report: Int32 = 1_000
}
