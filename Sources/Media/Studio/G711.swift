// SPDX-License-Identifier: Apache-2.0

/// Both laws of ITU-T G.711: one byte a sample, 8,000 samples a second. Linear samples have 16 bits, of which µ-law uses the upper
/// 14 and A-law the upper 13.
public enum G711 {
    /// What silence is in µ-law, and in A-law.
    public static let silence: (mu: UInt8, a: UInt8) = (0xFF, 0xD5)

    /// The linear value of a µ-law byte (G.711 table 2).
    public static func linear(mu byte: UInt8) -> Int16 {
        let code = ~byte
        let magnitude = (Int(code & 0x0F) << 3 + 0x84) << Int((code & 0x70) >> 4) - 0x84
        return Int16(code & 0x80 == 0 ? magnitude : -magnitude)
    }

    /// The µ-law byte of a linear value.
    public static func mu(_ sample: Int16) -> UInt8 {
        let magnitude = min(Int(sample.magnitude), 32_635) + 0x84
        let segment = 7 - (UInt8(truncatingIfNeeded: magnitude >> 7)).leadingZeroBitCount
        let code = UInt8(segment << 4 | (magnitude >> (segment + 3)) & 0x0F)
        return ~(sample < 0 ? code | 0x80 : code)
    }

    /// The linear value of an A-law byte (G.711 table 1).
    public static func linear(a byte: UInt8) -> Int16 {
        let code = byte ^ 0x55
        let segment = Int((code & 0x70) >> 4)
        let magnitude = Int(code & 0x0F) << 4 + 8
        let value = segment == 0 ? magnitude : (magnitude + 0x100) << (segment - 1)
        return Int16(code & 0x80 == 0 ? -value : value)
    }

    /// The A-law byte of a linear value.
    public static func a(_ sample: Int16) -> UInt8 {
        let isPositive = sample >= 0
        let magnitude = Int(isPositive ? sample : ~sample) >> 4
        let segment = magnitude < 32 ? (magnitude < 16 ? 0 : 1) : Int.bitWidth - magnitude.leadingZeroBitCount - 4
        let mantissa = segment < 2 ? magnitude & 0x0F : (magnitude >> (segment - 1)) & 0x0F
        let code = UInt8(segment << 4 | mantissa)
        return (isPositive ? code | 0x80 : code) ^ 0x55
    }

    /// From one law to the other, by the linear value.
    static let muOfA = (0...255).map { mu(linear(a: UInt8($0))) }
    static let aOfMu = (0...255).map { a(linear(mu: UInt8($0))) }
}

/// One of the two laws, as a phone sends and hears it.
public enum G711Law: Sendable {
    case mu, a

    /// RFC 3551 §6.
    public var payloadType: UInt8 {
        switch self {
        case .mu: 0
        case .a: 8
        }
    }

    public init?(payloadType: UInt8) {
        switch payloadType {
        case 0: self = .mu
        case 8: self = .a
        default: return nil
        }
    }
}
