// SPDX-License-Identifier: Apache-2.0

/// Why nothing of an offer protects its audio. Each is another setting of the phone.
public enum ProtectionShortcoming: Hashable, Sendable, CaseIterable {
    /// No word of SRTP.
    case plain
    /// Keys beside a profile that does without them: SRTP is only preferred there (RFC 4568 §3).
    case optional
    /// Keys are to be agreed on over the media path (RFC 5763), but there is no fingerprint of SHA-256 or better, or no part in it
    /// for us.
    case dtls
    /// A profile that demands SRTP, and no key for it.
    case noKey
    /// Keys, but none of a suite of ours.
    case suites
    /// A suite of ours with a master key identifier, several keys, a short lifetime or parameters that we do not have.
    case parameters
}

/// What a section has of SRTP.
struct ProtectionAttempt {
    /// By its transport, or a fingerprint.
    var isDTLS = false
    var hasKeys = false
    /// Whether one of the keys is of a suite of ours.
    var hasSuite = false

    func shortcoming(_ profile: MediaProfile) -> ProtectionShortcoming {
        if isDTLS { return .dtls }
        guard profile.isSecure else { return hasKeys ? .optional : .plain }
        guard hasKeys else { return .noKey }
        return hasSuite ? .parameters : .suites
    }
}
