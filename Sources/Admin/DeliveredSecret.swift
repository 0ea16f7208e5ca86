// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// A secret on its way between a person and the server: a password of a trunk or a mail server, a key, a PIN.
///
/// Its JSON holds it in clear: whoever encodes it is delivering it. Printed in any other way it shows as «redacted».
public struct DeliveredSecret: Sendable {
    public let secret: Redacted<String>

    public init(_ secret: Redacted<String>) { self.secret = secret }
}

extension DeliveredSecret: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.secret.reveal { mine in right.secret.reveal { theirs in copy mine == copy theirs } }
    }

    /// Of nothing: a hash of a secret would tell something of it.
    public func hash(into hasher: inout Hasher) {}
}

extension DeliveredSecret: Codable {
    public init(from decoder: any Decoder) throws {
        secret = Redacted(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try secret.reveal { text in try container.encode(copy text) }
    }
}
