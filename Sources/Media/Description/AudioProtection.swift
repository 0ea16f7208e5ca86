// SPDX-License-Identifier: Apache-2.0

/// How the audio of a leg is carried.
public enum AudioProtection: Hashable, Sendable, CaseIterable {
    /// Under keys that travel in the description or are agreed on over the media path: every leg, but for those below.
    case srtp
    /// Readable by everybody on the way. Only towards a provider, by a named exception with an end.
    case plain
}

extension AudioDescription {
    /// Whether a leg of this kind can use it. Keys that are only preferred are no protection, but no hindrance either: a plain
    /// leg leaves them unanswered (RFC 4568 §3 means them for `RTP/SAVP` alone).
    public func suits(_ protection: AudioProtection) -> Bool {
        switch protection {
        case .srtp: !crypto.isEmpty || dtls != nil
        case .plain: profile == .avp || profile == .avpf
        }
    }
}

extension SessionDescription {
    /// The same with the audio that a leg of this kind would use: that of the first section that suits it, else of the first
    /// that is not switched off, so that its refusal can be explained. What is read first is read for `srtp`.
    public func chosen(for protection: AudioProtection) -> SessionDescription {
        var copy = self
        copy.choose(for: protection)
        return copy
    }
}
