// SPDX-License-Identifier: Apache-2.0

/// Numbers that are dialled by two digits.
public struct SpeedDials: Hashable, Sendable {
    /// What stands for a number: 00 to 99.
    public struct Key: Hashable, Sendable {
        public let digits: Int

        /// What is dialled before the two digits.
        private static let code = "*0"

        public init?(_ digits: Int) {
            guard (0...99).contains(digits) else { return nil }
            self.digits = digits
        }

        /// `07`.
        public var text: String { (digits < 10 ? "0" : "") + String(digits) }

        /// `*007`: what is dialled for it.
        public var dialled: String { Self.code + text }

        /// Reads ``text``.
        public init?(parsing text: some StringProtocol) {
            guard text.utf8.count == 2, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
                let value = Int(text)
            else { return nil }
            self.init(value)
        }

        /// Reads ``dialled``.
        public init?(dialled: some StringProtocol) {
            guard dialled.utf8.count == 4, dialled.hasPrefix(Self.code) else { return nil }
            self.init(parsing: dialled.dropFirst(2))
        }
    }

    public private(set) var entries: [Key: Forward.Target] = [:]

    public init() {}

    public static let none = SpeedDials()

    public subscript(key: Key) -> Forward.Target? {
        get { entries[key] }
        set { entries[key] = newValue }
    }
}

extension SpeedDials.Key: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.digits < right.digits }
}

extension SpeedDials: Codable {
    /// As an object whose keys are two digits.
    public init(from decoder: any Decoder) throws {
        let values = try [String: Forward.Target](from: decoder)
        for (text, target) in values {
            guard let key = Key(parsing: text) else {
                throw DecodingError.dataCorrupted(
                    DecodingError.Context(
                        codingPath: decoder.codingPath,
                        debugDescription: "'\(text)' is not two digits"
                    )
                )
            }
            entries[key] = target
        }
    }

    public func encode(to encoder: any Encoder) throws {
        try Dictionary(uniqueKeysWithValues: entries.map { ($0.key.text, $0.value) }).encode(to: encoder)
    }
}
