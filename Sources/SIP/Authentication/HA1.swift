// SPDX-License-Identifier: Apache-2.0

/// What proves a password without being it: H(username:realm:password), RFC 7616 §3.4.2.
///
/// As good as the password for logging in here, so it is sealed where it is stored and prints as `«redacted»`. 64 bytes
/// inline; using it allocates nothing.
public struct HA1: Sendable {
    public let algorithm: DigestAlgorithm
    let digest: HexDigest

    /// - Parameters:
    ///   - username: The digest user name, never the extension.
    ///   - realm: The domain, as every challenge names it. All three are hashed as UTF-8 (RFC 7616 §4).
    public init(algorithm: DigestAlgorithm, username: String, realm: String, password: String) {
        var digest = MessageDigest(algorithm)
        digest.add(username)
        digest.add(":")
        digest.add(realm)
        digest.add(":")
        digest.add(password)
        self.algorithm = algorithm
        self.digest = digest.finish()
    }

    /// Reads what ``hex()`` wrote; `nil` when that is not a digest of `algorithm`.
    public init?(algorithm: DigestAlgorithm, hex: String) {
        guard let digest = HexDigest(parsing: hex, count: algorithm.digestLength * 2) else { return nil }
        self.algorithm = algorithm
        self.digest = digest
    }

    /// For sealing and for tests: 32 or 64 lower-case digits.
    public func hex() -> String { digest.text }
}

extension HA1: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "«redacted»" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
