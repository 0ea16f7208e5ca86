// SPDX-License-Identifier: Apache-2.0

internal import CCrypto
import Primitives

/// The keyed ciphers of one key, one direction and one packet format. Owns memory of OpenSSL, hence not copyable.
///
/// No use allocates. A packet lies in a buffer as `clear` bytes that are only authenticated, encrypted bytes up to
/// `length`, and then the tag; the callers have checked that all of it is inside the buffer.
@safe struct SRTPCipher: ~Copyable, @unchecked Sendable {
    // Unchecked: a pointer is not Sendable by itself; this one has a single owner, and it moves between threads whole.
    private let cipher: OpaquePointer
    private let isAEAD: Bool
    private let saltHigh: UInt64
    private let saltLow: UInt64

    enum Direction: Sendable { case protect, unprotect }

    init(_ key: SRTPKey, for purpose: SessionKeys.Purpose, direction: Direction) {
        let keys = SessionKeys(deriving: key, for: purpose)
        self.init(keys, suite: key.suite, direction: direction)
    }

    /// With session keys instead of a master key, as test vectors give them.
    init(_ keys: SessionKeys, suite: SRTPSuite, direction: Direction) {
        // Two steps: a closure that returned the pointer would hide an unsafe type in its signature.
        let cipherKey = keys.cipher.reveal { $0 }
        let authenticationKey = keys.authentication.reveal { $0 }
        let created =
            switch suite {
            case .aes256gcm, .aes128gcm:
                unsafe ringfence_srtp_gcm_new(cipherKey, cipherKey.count, direction == .protect ? 1 : 0)
            case .aes128cmSHA1_80:
                unsafe ringfence_srtp_cm_new(cipherKey, authenticationKey)
            }
        guard let created = unsafe created else {
            preconditionFailure("OpenSSL has AES-GCM, AES-CTR and the memory for a context")
        }
        unsafe cipher = created
        isAEAD = suite.isAEAD
        (saltHigh, saltLow) = keys.salt.reveal { salt in
            let bytes = salt + Array(repeating: 0, count: 16 - salt.count)
            return (bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }, bytes[8..<16].reduce(0) { $0 << 8 | UInt64($1) })
        }
    }

    deinit {
        unsafe ringfence_srtp_free(cipher)
    }
}

// SRTP: the index has 48 bits and is not in the packet.
extension SRTPCipher {
    /// Checks the tag and decrypts; after `false` the bytes behind `clear` are worthless.
    func open(
        _ packet: inout MutableSpan<UInt8>,
        clear: Int,
        length: Int,
        source: UInt32,
        index: UInt64
    ) -> Bool {
        let (high, low) = vector(source: source, index: index)
        return unsafe packet.withUnsafeMutableBufferPointer { buffer in
            guard let bytes = buffer.baseAddress else { return false }
            if isAEAD { return unsafe ringfence_srtp_gcm_open(cipher, high, low, bytes, clear, length, 0) == 1 }
            var rollover = UInt32(truncatingIfNeeded: index >> 16)
            return unsafe ringfence_srtp_cm_verify(cipher, bytes, length, &rollover) == 1
                && ringfence_srtp_cm_apply(cipher, high, low, bytes, clear, length) == 1
        }
    }

    /// Encrypts and writes the tag behind `length`.
    func seal(
        _ packet: inout MutableSpan<UInt8>,
        clear: Int,
        length: Int,
        source: UInt32,
        index: UInt64
    ) -> Bool {
        let (high, low) = vector(source: source, index: index)
        return unsafe packet.withUnsafeMutableBufferPointer { buffer in
            guard let bytes = buffer.baseAddress else { return false }
            if isAEAD { return unsafe ringfence_srtp_gcm_seal(cipher, high, low, bytes, clear, length, 0) == 1 }
            var rollover = UInt32(truncatingIfNeeded: index >> 16)
            guard unsafe ringfence_srtp_cm_apply(cipher, high, low, bytes, clear, length) == 1 else { return false }
            unsafe ringfence_srtp_cm_sign(cipher, bytes, length, &rollover)
            return true
        }
    }

    /// RFC 3711 §4.1.1 for counter mode, RFC 7714 §8.1 and §9.1 for GCM: as a number from the left of 128 bits.
    private func vector(source: UInt32, index: UInt64) -> (high: UInt64, low: UInt64) {
        isAEAD
            ? (saltHigh ^ (UInt64(source) << 16 | index >> 32), saltLow ^ (index << 32))
            : (saltHigh ^ UInt64(source), saltLow ^ (index << 16))
    }
}

// SRTCP: the word with the E bit and the 31-bit index is in the packet; behind the tag with GCM, before it with HMAC.
extension SRTPCipher {
    /// As ``open(_:clear:length:source:index:)``; the index word has been read from where ``SRTCPLayout`` says.
    func openControl(_ packet: inout MutableSpan<UInt8>, length: Int, source: UInt32, index: UInt64) -> Bool {
        let (high, low) = vector(source: source, index: index)
        let clear = RTCPPacket.minimumLength
        return unsafe packet.withUnsafeMutableBufferPointer { buffer in
            guard let bytes = buffer.baseAddress else { return false }
            if isAEAD { return unsafe ringfence_srtp_gcm_open(cipher, high, low, bytes, clear, length, 4) == 1 }
            return unsafe ringfence_srtp_cm_verify(cipher, bytes, length + 4, nil) == 1
                && ringfence_srtp_cm_apply(cipher, high, low, bytes, clear, length) == 1
        }
    }

    /// Encrypts and writes the tag; the index word is already in its place.
    func sealControl(_ packet: inout MutableSpan<UInt8>, length: Int, source: UInt32, index: UInt64) -> Bool {
        let (high, low) = vector(source: source, index: index)
        let clear = RTCPPacket.minimumLength
        return unsafe packet.withUnsafeMutableBufferPointer { buffer in
            guard let bytes = buffer.baseAddress else { return false }
            if isAEAD { return unsafe ringfence_srtp_gcm_seal(cipher, high, low, bytes, clear, length, 4) == 1 }
            guard unsafe ringfence_srtp_cm_apply(cipher, high, low, bytes, clear, length) == 1 else { return false }
            unsafe ringfence_srtp_cm_sign(cipher, bytes, length + 4, nil)
            return true
        }
    }
}

extension SRTPSuite {
    var isAEAD: Bool {
        switch self {
        case .aes256gcm, .aes128gcm: true
        case .aes128cmSHA1_80: false
        }
    }

    /// Where the index word of an SRTCP packet is, counted from the end of its encrypted bytes (RFC 3711 §3.4,
    /// RFC 7714 §9).
    var controlIndexOffset: Int { isAEAD ? tagLength : 0 }

    /// Bytes that SRTCP adds to a packet.
    var controlOverhead: Int { tagLength + 4 }
}
