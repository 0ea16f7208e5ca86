// SPDX-License-Identifier: Apache-2.0

/// Which business something belongs to: the same for its whole life, whatever its domain or its folder is called later.
public struct BusinessID: Hashable, Sendable, Codable {
    public let value: UInt64

    public init(_ value: UInt64) { self.value = value }

    /// Sixteen hexadecimal digits in lower case, as ``text`` has them.
    public init?(parsing text: String) {
        guard text.utf8.count == 16, let value = UInt64(text, radix: 16), text == text.lowercased() else { return nil }
        self.value = value
    }

    public static func generate(using generator: inout some RandomNumberGenerator) -> BusinessID {
        BusinessID(generator.next())
    }

    public var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

extension BusinessID: CustomStringConvertible {
    public var description: String { text }
}
