// SPDX-License-Identifier: Apache-2.0

/// Arithmetic on the decimal digits of a number, up to 15 of them.
enum DecimalDigits {
    /// Digits of `value`; 1 for 0.
    static func count(of value: UInt64) -> Int {
        var (count, rest) = (1, value)
        while rest >= 10 { (count, rest) = (count + 1, rest / 10) }
        return count
    }

    /// - Returns: `nil` for anything but 1 to 15 of the digits 0…9 of which the first is not 0.
    static func value(of bytes: some Collection<UInt8>) -> UInt64? {
        guard (1...Limits.phoneNumberDigits.upperBound).contains(bytes.count), bytes.first != UInt8(ascii: "0") else {
            return nil
        }
        var value: UInt64 = 0
        for byte in bytes {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
        }
        return value
    }

    /// The first `count` digits of `value`; all of them where there are fewer, 0 for none.
    static func leading(_ count: Int, of value: UInt64) -> UInt64 {
        var (rest, excess) = (value, Self.count(of: value) - max(count, 0))
        while excess > 0 { (rest, excess) = (rest / 10, excess - 1) }
        return rest
    }
}
