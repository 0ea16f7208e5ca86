// SPDX-License-Identifier: Apache-2.0

/// A name that is typed on the command line, such as that of a trunk, a deck or a group of extensions that share a budget: 1 to 32
/// letters, digits and hyphens of ASCII, kept in lower case.
public struct ShortName: Hashable, Sendable {
    public let text: String

    init(unchecked text: String) { self.text = text }

    public init?(parsing text: some StringProtocol) {
        // Before it is copied: a stranger may have sent it.
        guard (1...Limits.groupBytes).contains(text.utf8.count) else { return nil }
        let lower = text.lowercased()
        guard
            lower.utf8.allSatisfy({ byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                    || byte == UInt8(ascii: "-")
            })
        else { return nil }
        self.text = lower
    }
}

extension ShortName: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

extension ShortName: CustomStringConvertible {
    public var description: String { text }
}

extension ShortName: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a name is 1 to 32 letters, digits and hyphens", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}
