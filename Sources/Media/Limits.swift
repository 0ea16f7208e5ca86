// SPDX-License-Identifier: Apache-2.0

/// Everything that a session description could make grow. A description that exceeds one is refused whole.
public enum DescriptionLimits {
    /// Bytes of one session description. The longest of a phone seen has 4 KiB, that of a browser 8 KiB.
    public static let length = 16_384
    /// Bytes of one line, without its end. A browser's longest `a=` line has about 300.
    public static let lineLength = 2_048
    /// Media sections. A desk phone sends two, a video phone four.
    public static let mediaSections = 8
    /// `a=` lines of the session and all its media sections together. A browser's with video has about 250.
    public static let attributes = 400
    /// Formats of one media section: RTP has 128 payload types.
    public static let formats = 128
    /// `a=crypto` lines read in one media section; further ones are skipped. linphone sends four.
    public static let cryptoLines = 16
    /// The largest tag of an `a=crypto` line: nine digits (RFC 4568 §9.1).
    public static let cryptoTag = 999_999_999
    /// `a=fingerprint` lines read in one media section, and of the session; further ones are skipped. Phones have one or two.
    public static let fingerprints = 4
    /// Bytes of the name of a media section (RFC 8843 §7): browsers have one or two. A longer one is not repeated.
    public static let sectionName = 32
    /// Packets that an offered key must be good for, as powers of two: 2^20 are 5.8 hours of speech at 20 ms, and 2^48
    /// is the most that SRTP has (RFC 3711 §9.2).
    public static let keyLifetimeBits = 20...48
    /// Milliseconds of audio in one packet (RFC 4566 §6, `a=ptime`). Longer ones would not fit a packet.
    public static let packetTime = 1...200
    /// Bytes of the parameters of one format that cross from one leg to the other. Those of Opus have about 100.
    public static let formatParameters = 256
}

/// What of STUN is read (RFC 8489).
enum STUNLimits {
    /// Bytes of a message: the shortest that can be a check, and what a phone's would never exceed.
    static let length = 72...548
    /// Bytes of USERNAME: two fragments of at least 4 and a colon (RFC 8445 §7.1.2.3). Ours has 8, theirs at most 256.
    static let username = 9...265
}
