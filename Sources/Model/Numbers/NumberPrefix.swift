// SPDX-License-Identifier: Apache-2.0

/// What a range of telephone numbers begins with, country code included, such as +4490: 1 to 15 digits, of which the first is
/// not 0.
public struct NumberPrefix: Hashable, Sendable {
    /// The digits as one decimal number.
    public let value: UInt64

    /// - Returns: `nil` unless `value` has 1 to 15 digits.
    public init?(value: UInt64) {
        guard value > 0, DecimalDigits.count(of: value) <= Limits.phoneNumberDigits.upperBound else { return nil }
        self.value = value
    }

    /// Reads `+4490` and nothing else.
    public init?(parsing text: some StringProtocol) { self.init(ascii: text.utf8) }

    /// The same for bytes as they came off the wire.
    public init?(ascii bytes: some Collection<UInt8>) {
        guard bytes.first == UInt8(ascii: "+"), let value = DecimalDigits.value(of: bytes.dropFirst()) else {
            return nil
        }
        self.init(value: value)
    }

    /// How many digits it has.
    public var digitCount: Int { DecimalDigits.count(of: value) }

    /// Whether every number that begins with `other` also begins with this.
    public func contains(_ other: Self) -> Bool {
        digitCount <= other.digitCount && DecimalDigits.leading(digitCount, of: other.value) == value
    }

    /// `+4490`.
    public var text: String { "+\(value)" }
}

extension NumberPrefix: Comparable {
    /// By digits, as a list of prefixes is read: +4, +44, +440, +49.
    public static func < (left: Self, right: Self) -> Bool {
        let shared = min(left.digitCount, right.digitCount)
        let (first, second) = (
            DecimalDigits.leading(shared, of: left.value), DecimalDigits.leading(shared, of: right.value)
        )
        return first == second ? left.value < right.value : first < second
    }
}

extension NumberPrefix: CustomStringConvertible {
    public var description: String { text }
}

extension NumberPrefix: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a prefix is '+' and 1 to 15 digits", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}
