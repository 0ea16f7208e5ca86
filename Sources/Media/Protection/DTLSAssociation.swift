// SPDX-License-Identifier: Apache-2.0

internal import CCrypto
import Primitives

/// One DTLS handshake with one peer, and the keys for SRTP that come of it (RFC 5764). Datagrams go in and out; no socket.
///
/// A class, because it owns memory of OpenSSL and stands in tables; whoever has it is the only one who does. A step with
/// public-key cryptography takes about 0.3 ms, all others a few µs.
@safe final class DTLSAssociation: @unchecked Sendable {
    // Unchecked: a pointer is not Sendable by itself; this one has a single owner, and it moves between threads whole.
    private let pointer: OpaquePointer
    private let isClient: Bool

    enum State: Sendable {
        case open, done
        /// For good: the next try takes a new association.
        case failed
    }

    /// - Parameters:
    ///   - peer: Of its certificate. Anything else that it shows ends the handshake.
    ///   - isClient: Whether we say the first word; ``advance()`` says it.
    init?(as identity: DTLSIdentity, with peer: DTLSFingerprint, isClient: Bool) {
        let algorithm =
            switch peer.algorithm {
            case .sha256: ringfence_dtls_sha256
            case .sha384: ringfence_dtls_sha384
            case .sha512: ringfence_dtls_sha512
            }
        let made = unsafe ringfence_dtls_new(
            identity.pointer,
            isClient ? 1 : 0,
            algorithm,
            peer.hash,
            peer.hash.count
        )
        guard let made = unsafe made else { return nil }
        unsafe pointer = made
        self.isClient = isClient
    }

    deinit {
        unsafe ringfence_dtls_free(pointer)
    }

    /// Takes one datagram of the peer's.
    func receive(_ datagram: Span<UInt8>) -> State {
        unsafe datagram.withUnsafeBufferPointer { bytes in
            unsafe state(ringfence_dtls_advance(pointer, bytes.baseAddress, bytes.count))
        }
    }

    /// Begins as a client, and sends again what got no answer in time.
    func advance() -> State { unsafe state(ringfence_dtls_advance(pointer, nil, 0)) }

    private func state(_ state: ringfence_dtls_state) -> State {
        switch state {
        case ringfence_dtls_done: .done
        case ringfence_dtls_open: .open
        default: .failed
        }
    }

    /// Hands over what is to be sent, one datagram after the other, each of at most 1,200 bytes.
    func takeAll(_ send: ([UInt8]) -> Void) {
        var buffer = [UInt8](repeating: 0, count: Int(RINGFENCE_DTLS_DATAGRAM))
        while case let length = unsafe ringfence_dtls_take(pointer, &buffer), length > 0 {
            send(Array(buffer.prefix(length)))
        }
    }

    /// What the peer protects with, and what we do; `nil` before the handshake is done, and where no suite of ours was agreed
    /// on.
    var keys: (receive: SRTPKey, send: SRTPKey)? {
        let number = unsafe ringfence_dtls_profile(pointer)
        guard let suite = SRTPSuite.allCases.first(where: { $0.profile == number }) else { return nil }
        var material = [UInt8](repeating: 0, count: 2 * suite.materialLength)
        guard unsafe ringfence_dtls_export(pointer, &material, material.count) == 1 else { return nil }
        let (key, salt) = (suite.keyLength, suite.saltLength)
        let client = material[..<key] + material[(2 * key)..<(2 * key + salt)]
        let server = material[key..<(2 * key)] + material[(2 * key + salt)...]
        guard let client = SRTPKey(suite: suite, material: Array(client)),
            let server = SRTPKey(suite: suite, material: Array(server))
        else { return nil }
        return isClient ? (server, client) : (client, server)
    }
}

extension SRTPSuite {
    /// Its number in DTLS (RFC 5764 §4.1.2, RFC 7714 §14.2).
    fileprivate var profile: UInt32 {
        switch self {
        case .aes256gcm: 0x0008
        case .aes128gcm: 0x0007
        case .aes128cmSHA1_80: 0x0001
        }
    }
}
