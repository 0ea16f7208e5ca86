// SPDX-License-Identifier: Apache-2.0

/// The first line of one media section. An answer has one section for each of the offer's, in order (RFC 3264 §6).
public struct MediaSection: Hashable, Sendable {
    /// `audio`, `video`, `image`, …: a token.
    public let kind: String
    /// 0 for a section that is refused or switched off.
    public let port: UInt16
    /// As it was written: `RTP/SAVP`, `udptl`, …; tokens and slashes.
    public let transport: String
    /// As it was written, words parted by one space, visible ASCII only.
    public let formats: String
    /// Of `a=mid` (RFC 8843 §7): a token.
    var name: String?

    public var isAudio: Bool { kind.lowercased() == "audio" }
}
