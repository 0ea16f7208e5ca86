// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The name and the password that connectivity checks to one side of a call carry (RFC 8445 §5.3): 48 and 144 random bits.
public struct ICECredentials: Sendable {
    /// 8 characters of `ice-char` (RFC 8839 §5.4).
    public let fragment: String
    /// 24 of them.
    public let password: Redacted<String>

    public init(using generator: inout some RandomNumberGenerator) {
        // The 64 digits of base64 are the 64 letters of `ice-char`.
        fragment = Base64.encode(generator.nextBytes(6))
        password = Redacted(Base64.encode(generator.nextBytes(18)))
    }

    /// ``fragment`` as a number, which tables are ordered by.
    var number: UInt64 { fragment.utf8.reduce(0) { $0 << 8 | UInt64($1) } }
}

/// What the other side says of itself for ICE. Its candidates and its password are of no use to a side that sends no checks (RFC
/// 8445 §2.5).
public struct ICEDescription: Hashable, Sendable {
    public let fragment: String
    /// It sends no checks either, so that nobody would.
    public let isLite: Bool

    /// - Returns: `nil` for what RFC 8839 §5.4 does not allow.
    init?(fragment: ArraySlice<UInt8>, password: ArraySlice<UInt8>, isLite: Bool) {
        guard 4...256 ~= fragment.count, 22...256 ~= password.count, fragment.allSatisfy(Self.isAllowed),
            password.allSatisfy(Self.isAllowed)
        else { return nil }
        (self.fragment, self.isLite) = (fragment.text, isLite)
    }

    /// `ice-char`, and what browsers write beside it.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x2B, 0x2D, 0x2F, 0x30...0x39, 0x3D, 0x41...0x5A, 0x5F, 0x61...0x7A: true
        default: false
        }
    }
}
