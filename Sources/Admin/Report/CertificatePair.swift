// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// A certificate and its key, as somebody handed them over.
///
/// Its JSON holds the key in clear: whoever encodes it is delivering it to the server. Printed in any other way the key
/// shows as «redacted».
public struct CertificatePair: Sendable {
    /// PEM: the server's certificate, then its intermediates, then perhaps their root.
    public let certificate: String
    /// PEM.
    public let key: Redacted<String>
    /// Whether phones were given another root beforehand; without it a certificate that they would refuse is refused.
    public let hasNewAuthority: Bool

    public init(certificate: String, key: Redacted<String>, hasNewAuthority: Bool = false) {
        (self.certificate, self.key, self.hasNewAuthority) = (certificate, key, hasNewAuthority)
    }
}

extension CertificatePair: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        let isSame = left.key.reveal { mine in right.key.reveal { theirs in copy mine == copy theirs } }
        return isSame && left.certificate == right.certificate && left.hasNewAuthority == right.hasNewAuthority
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(certificate) }
}

extension CertificatePair: Codable {
    private enum CodingKeys: String, CodingKey {
        case certificate, key, hasNewAuthority
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        certificate = try container.decode(String.self, forKey: .certificate)
        key = Redacted(try container.decode(String.self, forKey: .key))
        hasNewAuthority = try container.decode(Bool.self, forKey: .hasNewAuthority)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(certificate, forKey: .certificate)
        try key.reveal { text in try container.encode(copy text, forKey: .key) }
        try container.encode(hasNewAuthority, forKey: .hasNewAuthority)
    }
}
