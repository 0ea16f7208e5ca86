// SPDX-License-Identifier: Apache-2.0

/// Digits as they are dialled, such as `00` or `0301234`: 1 to 19 of 0…9, whose leading zeros count. Two words, no allocation.
public struct DigitString: Hashable, Sendable {
    /// The digits as one decimal number.
    public let value: UInt64
    /// How many digits there are, leading zeros included.
    public let count: Int

    /// - Returns: `nil` unless `value` can be written with `count` digits, 1 to 19.
    public init?(value: UInt64, count: Int) {
        guard Limits.dialledDigits.contains(count), value < Self.powerOfTen(count) else { return nil }
        (self.value, self.count) = (value, count)
    }

    /// Reads digits of ASCII and nothing else.
    public init?(parsing text: some StringProtocol) { self.init(ascii: text.utf8) }

    /// The same for bytes as they came off the wire.
    public init?(ascii bytes: some Collection<UInt8>) {
        guard Limits.dialledDigits.contains(bytes.count) else { return nil }
        var value: UInt64 = 0
        for byte in bytes {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
        }
        (self.value, self.count) = (value, bytes.count)
    }

    /// Whether it begins with `prefix`.
    public func hasPrefix(_ prefix: Self) -> Bool {
        prefix.count <= count && value / Self.powerOfTen(count - prefix.count) == prefix.value
    }

    /// What follows `prefix`; `nil` where it does not begin with that, or where nothing follows.
    public func dropping(_ prefix: Self) -> Self? {
        guard hasPrefix(prefix), count > prefix.count else { return nil }
        let rest = count - prefix.count
        return Self(value: value % Self.powerOfTen(rest), count: rest)
    }

    /// Both, one after the other; `nil` where that is more than 19 digits.
    public func appending(_ other: Self) -> Self? {
        guard count + other.count <= Limits.dialledDigits.upperBound else { return nil }
        return Self(value: value * Self.powerOfTen(other.count) + other.value, count: count + other.count)
    }

    /// `0301234`.
    public var text: String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
    }

    /// - Parameter exponent: 0 to 19; 10^19 still fits.
    private static func powerOfTen(_ exponent: Int) -> UInt64 {
        var power: UInt64 = 1
        for _ in 0..<exponent { power *= 10 }
        return power
    }
}

extension DigitString: CustomStringConvertible {
    public var description: String { text }
}

extension DigitString: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("1 to 19 digits", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}
