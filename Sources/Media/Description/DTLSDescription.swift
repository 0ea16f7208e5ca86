// SPDX-License-Identifier: Apache-2.0

/// Who begins a handshake, as `a=setup` says it (RFC 4145 §4, RFC 5763 §5).
enum DTLSSetup: String, CaseIterable, Sendable {
    case active, passive, actpass
}

/// What one side says about DTLS: the certificate that it will show, and its part. One without a fingerprint of SHA-256 or better
/// does not exist.
public struct DTLSDescription: Hashable, Sendable {
    public let fingerprint: DTLSFingerprint
    let setup: DTLSSetup
}

/// What we say about DTLS and ICE in a description.
struct LocalDTLS: Sendable {
    let fingerprint: DTLSFingerprint
    let setup: DTLSSetup
    /// `nil` towards a side without ICE.
    let ice: ICECredentials?
}
