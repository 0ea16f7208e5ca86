// SPDX-License-Identifier: Apache-2.0

/// The SRTP protections that Ringfence speaks, strongest first. The raw value is the name in `a=crypto`.
///
/// Every other suite is refused, among them those that leave out encryption or shorten the tag to 32 bits.
///
/// Source: RFC 7714 §14.1 (GCM) and RFC 4568 §6.2.1 (counter mode).
public enum SRTPSuite: String, Sendable, CaseIterable {
    case aes256gcm = "AEAD_AES_256_GCM"
    case aes128gcm = "AEAD_AES_128_GCM"
    case aes128cmSHA1_80 = "AES_CM_128_HMAC_SHA1_80"

    /// Bytes of the master key.
    public var keyLength: Int {
        switch self {
        case .aes256gcm: 32
        case .aes128gcm, .aes128cmSHA1_80: 16
        }
    }

    /// Bytes of the master salt.
    public var saltLength: Int {
        switch self {
        case .aes256gcm, .aes128gcm: 12
        case .aes128cmSHA1_80: 14
        }
    }

    /// Bytes of the authentication tag of one packet.
    public var tagLength: Int {
        switch self {
        case .aes256gcm, .aes128gcm: 16
        case .aes128cmSHA1_80: 10
        }
    }

    /// Bytes of the master key and the master salt together: what `inline:` holds.
    public var materialLength: Int { keyLength + saltLength }
}
