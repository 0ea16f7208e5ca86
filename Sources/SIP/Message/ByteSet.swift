// SPDX-License-Identifier: Apache-2.0

/// Some of the 128 ASCII characters, as two words of bits: asking costs a shift and reads no memory.
///
/// The constants are spelled out, because a global that is computed costs a check at every use. A test compares each of
/// them with the characters of its grammar rule.
struct ByteSet: Sendable {
    /// Bit *n* is character *n*.
    let low: UInt64
    /// Bit *n* is character *64 + n*.
    let high: UInt64

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let word = byte & 64 == 0 ? low : high
        return byte < 128 && word &>> UInt64(byte & 63) & 1 == 1
    }

    /// RFC 3261 §25.1 `token`: letters, digits and ``-.!%*_+`'~``.
    static let token = ByteSet(low: 0x03FF_6CA2_0000_0000, high: 0x47FF_FFFF_87FF_FFFE)

    /// RFC 3261 §25.1 `user`, without the `%` of an escape, and `#`, which phones do not escape in star codes.
    static let user = ByteSet(low: 0xABFF_FFDA_0000_0000, high: 0x47FF_FFFE_87FF_FFFE)

    /// RFC 3261 §25.1 `password`, without the `%` of an escape.
    static let password = ByteSet(low: 0x23FF_7FD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFE)

    /// RFC 3261 §25.1 `paramchar`, without the `%` of an escape.
    static let uriParameter = ByteSet(low: 0x07FF_EFD2_0000_0000, high: 0x47FF_FFFE_AFFF_FFFE)

    /// RFC 3261 §25.1 `headers` of a URI with their `&` and `=`, without the `%` of an escape.
    static let uriHeader = ByteSet(low: 0xA7FF_EFD2_0000_0000, high: 0x47FF_FFFE_AFFF_FFFE)

    /// Letters, digits, `-`, `.` and, because there are such names on local networks, `_`.
    static let host = ByteSet(low: 0x03FF_6000_0000_0000, high: 0x07FF_FFFE_87FF_FFFE)

    /// What an IPv6 address is written with: hexadecimal digits, `:` and `.`.
    static let ipv6 = ByteSet(low: 0x07FF_4000_0000_0000, high: 0x0000_007E_0000_007E)

    /// RFC 3966 §3: the number of a `tel` URI with its visual separators.
    static let telephone = ByteSet(low: 0x03FF_6F08_0000_0000, high: 0x0000_007E_0000_007E)

    /// The unquoted value of a parameter: every visible character but `" , ; < > \`. Wider than `gen-value`, because
    /// phones put base 64 and URIs there, and nothing that ends a value is in it.
    static let parameterValue = ByteSet(low: 0xA7FF_EFFA_0000_0000, high: 0x7FFF_FFFF_EFFF_FFFF)

    /// Every visible character.
    static let visible = ByteSet(low: 0xFFFF_FFFE_0000_0000, high: 0x7FFF_FFFF_FFFF_FFFF)

    /// Decimal digits.
    static let digit = ByteSet(low: 0x03FF_0000_0000_0000, high: 0)

    /// RFC 3986 §3.1 `scheme`, after its first letter.
    static let scheme = ByteSet(low: 0x03FF_6800_0000_0000, high: 0x07FF_FFFE_07FF_FFFE)
}
