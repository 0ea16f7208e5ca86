// SPDX-License-Identifier: Apache-2.0

/// A group of extensions that take each other's calls while they ring, such as `sales`.
public struct PickupGroup: Hashable, Sendable {
    public let text: String

    /// - Returns: `nil` unless `text` is 1 to 32 letters, digits and hyphens of ASCII. Kept in lower case.
    public init?(parsing text: some StringProtocol) {
        let lower = text.lowercased()
        guard (1...Limits.groupBytes).contains(lower.utf8.count),
            lower.utf8.allSatisfy({ byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                    || byte == UInt8(ascii: "-")
            })
        else { return nil }
        self.text = lower
    }
}

extension PickupGroup: CustomStringConvertible {
    public var description: String { text }
}

extension PickupGroup: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a group is 1 to 32 letters, digits and hyphens", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}
