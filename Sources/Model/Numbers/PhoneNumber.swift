// SPDX-License-Identifier: Apache-2.0

/// A telephone number of the whole world in its one canonical form (ITU-T E.164): country code and national number, 5 to 15
/// digits, of which the first is not 0. No spelling of it is kept, so that what is judged is what is dialled.
///
/// That its digits can be a number says nothing about whether anybody has it: `NumberPlan` of `Guard` knows.
public struct PhoneNumber: Hashable, Sendable {
    /// The digits as one decimal number. Nothing is lost, because none begins with 0.
    public let value: UInt64

    /// - Returns: `nil` unless `value` has 5 to 15 digits.
    public init?(value: UInt64) {
        guard Limits.phoneNumberDigits.contains(DecimalDigits.count(of: value)) else { return nil }
        self.value = value
    }

    /// Reads `+493012345` and nothing else: no spaces, no other digits than 0…9, no second way to write it.
    public init?(parsing text: some StringProtocol) { self.init(ascii: text.utf8) }

    /// The same for bytes as they came off the wire.
    public init?(ascii bytes: some Collection<UInt8>) {
        guard bytes.first == UInt8(ascii: "+") else { return nil }
        self.init(digits: bytes.dropFirst())
    }

    /// Reads `493012345`: the digits without the plus.
    public init?(digits bytes: some Collection<UInt8>) {
        guard Limits.phoneNumberDigits.contains(bytes.count), let value = DecimalDigits.value(of: bytes) else {
            return nil
        }
        self.init(value: value)
    }

    /// How many digits it has, country code included.
    public var digitCount: Int { DecimalDigits.count(of: value) }

    /// Its first digits as a decimal number; all of it where it has fewer. No allocation.
    public func leading(_ count: Int) -> UInt64 { DecimalDigits.leading(count, of: value) }

    /// Whether it begins with these digits. No allocation.
    public func hasPrefix(_ prefix: NumberPrefix) -> Bool {
        var rest = value
        while rest > prefix.value { rest /= 10 }
        return rest == prefix.value
    }

    /// `493012345`.
    public var digits: String { String(value) }

    /// `+493012345`.
    public var text: String { "+\(value)" }
}

extension PhoneNumber: Comparable {
    /// Shorter numbers first, then by digits.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

extension PhoneNumber: CustomStringConvertible {
    public var description: String { text }
}

extension PhoneNumber: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a telephone number is '+' and 5 to 15 digits", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}
