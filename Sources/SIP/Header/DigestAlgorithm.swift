// SPDX-License-Identifier: Apache-2.0

/// What digest authentication hashes with, weakest first (RFC 7616 §3.3, RFC 8760 §2.1).
///
/// The session variants (`MD5-sess` and its like) are none of these: no phone needs them.
public enum DigestAlgorithm: String, Sendable, CaseIterable, Comparable {
    case md5 = "MD5"
    case sha256 = "SHA-256"
    case sha512256 = "SHA-512-256"

    /// The length of a digest in bytes; in hexadecimal it is twice that.
    public var digestLength: Int {
        switch self {
        case .md5: 16
        case .sha256, .sha512256: 32
        }
    }

    public static func < (weaker: Self, stronger: Self) -> Bool { weaker.strength < stronger.strength }

    private var strength: Int {
        switch self {
        case .md5: 0
        case .sha256: 1
        case .sha512256: 2
        }
    }

    /// The algorithm that a range names, in any case.
    init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        if bytes.equals(range, Self.md5.rawValue.utf8) {
            self = .md5
        } else if bytes.equals(range, Self.sha256.rawValue.utf8) {
            self = .sha256
        } else if bytes.equals(range, Self.sha512256.rawValue.utf8) {
            self = .sha512256
        } else {
            return nil
        }
    }
}

/// The quality of protection (RFC 7616 §3.3).
public enum Qop: Sendable {
    case auth, authInt
    /// A token that is neither.
    case other
}
