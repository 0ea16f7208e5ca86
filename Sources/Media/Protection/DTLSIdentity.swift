// SPDX-License-Identifier: Apache-2.0

internal import CCrypto
public import Primitives

/// A certificate of our own for DTLS and its key: ECDSA on P-256, signed by itself. Peers learn its ``fingerprint`` from
/// signalling, and nothing else of it means anything (RFC 5763 §5).
///
/// A call keeps the one it began with; who makes calls takes a new one each day. Its key and those of handshakes are drawn by
/// OpenSSL: it takes no randomness from elsewhere. Making one takes about half a millisecond.
@safe public final class DTLSIdentity: @unchecked Sendable {
    // Unchecked: a pointer is not Sendable by itself; what it points to is not changed once it is made, and OpenSSL counts its users
    // atomically.
    let pointer: OpaquePointer
    public let fingerprint: DTLSFingerprint

    /// - Parameter now: What the certificate's dates lie around.
    /// - Returns: `nil` when OpenSSL has no such key, which no system of ours is like.
    public init?(at now: WallTime) {
        guard let pointer = unsafe ringfence_dtls_identity_new(now.milliseconds / 1_000) else { return nil }
        var hash = [UInt8](repeating: 0, count: DTLSFingerprint.Algorithm.sha256.length)
        unsafe ringfence_dtls_fingerprint(pointer, &hash)
        unsafe self.pointer = pointer
        fingerprint = DTLSFingerprint(ofSHA256: hash)
    }

    deinit {
        unsafe ringfence_dtls_identity_free(pointer)
    }
}
