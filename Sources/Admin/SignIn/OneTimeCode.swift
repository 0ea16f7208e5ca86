// SPDX-License-Identifier: Apache-2.0

import Crypto
public import Guard
public import Primitives

/// Codes of an authenticator app (RFC 6238), and what else stands for somebody once.
public enum OneTimeCode {
    /// The code of a time step (RFC 4226 §5.3): HMAC-SHA-1, which apps of all makers know.
    ///
    /// - Parameter digits: 6, or 8 as in the examples of RFC 6238.
    public static func code(of secret: Redacted<[UInt8]>, step: Int64, digits: Int = SecondFactorRules.digits) -> String
    {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * Int64($0))) }
        let digest = secret.reveal { bytes in
            Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: copy bytes)))
        }
        let offset = Int(digest[19] & 15)
        let value = digest[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let modulus = (0..<digits).reduce(UInt32(1)) { value, _ in value * 10 }
        let text = String(value % modulus)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// What an app scans: the format that all of them read.
    public static func address(of secret: Redacted<[UInt8]>, for name: String, business: String) -> Redacted<String> {
        let label = "\(business.percentEncoded):\(name.percentEncoded)"
        return secret.reveal { bytes in
            Redacted(
                "otpauth://totp/\(label)?secret=\(Base32.encode(copy bytes))&issuer=\(business.percentEncoded)"
                    + "&algorithm=SHA1&digits=\(SecondFactorRules.digits)&period=\(SecondFactorRules.period)"
            )
        }
    }

    /// `k7mq-3x9t-ffw2-a6hd`.
    static func recoveryCode(using entropy: Entropy) -> String {
        let text = Array(Base32.encode(entropy.bytes(SecondFactorRules.recoveryCodeBits / 8)).lowercased())
        return stride(from: 0, to: text.count, by: 4)
            .map { String(text[$0..<min($0 + 4, text.count)]) }.joined(separator: "-")
    }

    /// What is kept of one; however it was typed.
    static func hash(recoveryCode typed: String) -> [UInt8] {
        OneTimeToken.hash(String(typed.lowercased().filter { $0.isLetter || $0.isNumber }))
    }
}

/// What stands in a link or a cookie: 256 random bits, of which only the hash is kept.
public enum OneTimeToken {
    static func make(using entropy: Entropy) -> String { entropy.token(bits: PortalSessionRules.tokenBits) }

    public static func hash(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

    /// - Parameter purpose: Tells one use of a token from another.
    public static func derived(from token: String, for purpose: String) -> String {
        Hex.encode(
            HMAC<SHA256>.authenticationCode(for: Array(purpose.utf8), using: SymmetricKey(data: Array(token.utf8)))
        )
    }
}
