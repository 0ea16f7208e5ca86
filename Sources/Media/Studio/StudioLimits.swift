// SPDX-License-Identifier: Apache-2.0

/// What a studio bounds, in samples of 8,000 a second where nothing else is said.
public enum StudioLimits {
    /// Samples of one packet that is sent: 20 ms (RFC 3551 §4.2).
    public static let frame = 160
    /// How long what is heard waits for what is late: three packets.
    static let delay = 480
    /// How long what is heard in a conference may wait at most, 180 ms: what held the studio up is made good, and nobody hears
    /// the others later and later.
    static let longestDelay = 1_440
    /// What a jitter buffer holds: half a second. A power of two, because timestamps turn over.
    static let window = 4_096
    /// Packets in a row that are too late before their speaker is followed.
    static let lateInARow = 5
    /// The loudness that counts as silence, as the mean of a frame's linear values: -44 dB below full scale.
    static let quiet = 200
    /// Samples of one piece of a recording: a second, which is what a crash may lose.
    public static let piece = 8_000
    /// Keys of one line that wait to be told.
    static let keys = 32
    /// Tones for people who came, and for those who went, that wait for one another: beyond, everybody has heard that many come.
    static let untold = 8
}
