// SPDX-License-Identifier: Apache-2.0

internal import CCrypto
import Primitives

/// What RFC 3711 §4.3 derives from a master key and salt for one protocol. The key derivation rate is always 0, so this
/// happens once for each key.
///
/// The 12-byte salts of AES-GCM are padded on the right to the 14 bytes that the derivation takes (RFC 7714 §11), and a
/// 32-byte master key uses AES-256 in counter mode (RFC 6188 §3).
struct SessionKeys: Sendable {
    /// Which of the two packet formats the keys are for, by the first of its three labels (RFC 3711 §4.3.1, §4.3.2).
    enum Purpose: UInt8, Sendable {
        case media = 0
        case control = 3
    }

    let cipher: Redacted<[UInt8]>
    /// 20 bytes for HMAC-SHA1, none for AES-GCM.
    let authentication: Redacted<[UInt8]>
    let salt: Redacted<[UInt8]>

    /// Session keys as such, for test vectors that begin there.
    init(cipher: [UInt8], authentication: [UInt8], salt: [UInt8]) {
        self.cipher = Redacted(cipher)
        self.authentication = Redacted(authentication)
        self.salt = Redacted(salt)
    }

    init(deriving key: SRTPKey, for purpose: Purpose) {
        let suite = key.suite
        let derive = { (label: UInt8, count: Int) in
            key.material.reveal { material in
                Redacted(
                    Self.derive(
                        master: Array(material.prefix(suite.keyLength)),
                        salt: Array(material.dropFirst(suite.keyLength)),
                        label: purpose.rawValue + label,
                        count: count
                    )
                )
            }
        }
        cipher = derive(0, suite.keyLength)
        authentication = derive(1, suite.authenticationKeyLength)
        salt = derive(2, suite.saltLength)
    }

    /// `count` bytes of the key stream that the label selects.
    ///
    /// - Precondition: `master` has 16 or 32 bytes and `salt` at most 14.
    static func derive(master: [UInt8], salt: [UInt8], label: UInt8, count: Int) -> [UInt8] {
        precondition(salt.count <= 14, "a master salt has at most 14 bytes")
        var input = salt + Array(repeating: 0, count: 16 - salt.count)
        input[7] ^= label
        var output = [UInt8](repeating: 0, count: count)
        let derived = unsafe ringfence_aes_cm(master, master.count, input, &output, count)
        precondition(derived == 1, "AES with a 16- or 32-byte key does not fail")
        return output
    }
}

extension SRTPSuite {
    /// Bytes of the HMAC key; an AEAD suite has none.
    var authenticationKeyLength: Int {
        switch self {
        case .aes256gcm, .aes128gcm: 0
        case .aes128cmSHA1_80: Int(RINGFENCE_SRTP_SHA1_KEY)
        }
    }
}
