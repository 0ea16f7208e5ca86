// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What a trunk logs in with, on its way to the server.
///
/// Its JSON holds it in clear: whoever encodes it is delivering it. Printed in any other way it shows as «redacted».
public struct TrunkPassword: Sendable {
    public let secret: Redacted<String>

    public init(_ secret: Redacted<String>) { self.secret = secret }
}

extension TrunkPassword: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.secret.reveal { mine in right.secret.reveal { theirs in copy mine == copy theirs } }
    }

    /// Of nothing: a hash of a secret would tell something of it.
    public func hash(into hasher: inout Hasher) {}
}

extension TrunkPassword: Codable {
    public init(from decoder: any Decoder) throws {
        secret = Redacted(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try secret.reveal { text in try container.encode(copy text) }
    }
}
