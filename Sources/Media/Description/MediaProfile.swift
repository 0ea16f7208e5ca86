// SPDX-License-Identifier: Apache-2.0

/// How the packets of an audio section are carried.
public enum MediaProfile: Hashable, Sendable {
    /// `RTP/AVP`: readable by everybody on the way (RFC 3551).
    case avp
    /// `RTP/AVPF` (RFC 4585).
    case avpf
    /// `RTP/SAVP` (RFC 3711), or `UDP/TLS/RTP/SAVP` (RFC 5764), which has no key in the description.
    case savp
    /// `RTP/SAVPF` (RFC 5124), or `UDP/TLS/RTP/SAVPF`.
    case savpf
    case other

    /// Whether the profile itself demands protection.
    public var isSecure: Bool {
        switch self {
        case .savp, .savpf: true
        case .avp, .avpf, .other: false
        }
    }

    init(_ text: ArraySlice<UInt8>) {
        if text.isSame(as: "RTP/SAVP") || text.isSame(as: "UDP/TLS/RTP/SAVP") {
            self = .savp
        } else if text.isSame(as: "RTP/SAVPF") || text.isSame(as: "UDP/TLS/RTP/SAVPF") {
            self = .savpf
        } else if text.isSame(as: "RTP/AVP") {
            self = .avp
        } else if text.isSame(as: "RTP/AVPF") {
            self = .avpf
        } else {
            self = .other
        }
    }

    /// Whether a fingerprint means something here: browsers of old and some phones say `RTP/SAVP(F)`. Beside `RTP/AVP` it would be an
    /// offer to go without (RFC 8643).
    static func takesFingerprints(_ text: ArraySlice<UInt8>) -> Bool { takesKeys(text) || isDTLS(text) }

    static func isDTLS(_ text: ArraySlice<UInt8>) -> Bool {
        text.isSame(as: "UDP/TLS/RTP/SAVP") || text.isSame(as: "UDP/TLS/RTP/SAVPF")
    }

    /// Whether `a=crypto` means something here. Keys beside `RTP/AVP` are an offer to go without, and keys beside
    /// DTLS are for nobody (RFC 4568 §3, RFC 5764 §4.1).
    static func takesKeys(_ text: ArraySlice<UInt8>) -> Bool {
        text.isSame(as: "RTP/SAVP") || text.isSame(as: "RTP/SAVPF")
    }
}
