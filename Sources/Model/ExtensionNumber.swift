// SPDX-License-Identifier: Apache-2.0

/// The number of an extension: 2 to 6 ASCII digits. Leading zeros count; `07` and `7` are different dialling strings.
public struct ExtensionNumber: Hashable, Sendable {
    public let text: String

    /// - Returns: `nil` unless `text` is 2 to 6 of the digits 0…9 and nothing else. Digits of other scripts are refused:
    ///   they look like a number and compare as another.
    public init?(parsing text: some StringProtocol) {
        self.init(ascii: text.utf8)
    }

    /// The same for bytes as they came off the wire; makes no String before they are known to be a number.
    public init?(ascii bytes: some Collection<UInt8>) {
        guard Limits.extensionDigits.contains(bytes.count),
            bytes.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
    }
}

extension ExtensionNumber: Comparable {
    /// Shorter numbers first, then by digits: the order of a telephone list.
    public static func < (left: Self, right: Self) -> Bool {
        let (leftCount, rightCount) = (left.text.utf8.count, right.text.utf8.count)
        return leftCount == rightCount ? left.text < right.text : leftCount < rightCount
    }
}

extension ExtensionNumber: CustomStringConvertible {
    public var description: String { text }
}

extension ExtensionNumber: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("an extension number is 2 to 6 digits", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws {
        try encoder.encodeText(text)
    }
}
