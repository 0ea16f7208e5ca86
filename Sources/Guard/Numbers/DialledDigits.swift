// SPDX-License-Identifier: Apache-2.0

import Model

/// The digits of what was dialled (row T08). Nothing is left out in silence but what RFC 3966 §5.1.1 calls visual separators,
/// which mean nothing; anything that could mean something, such as a pause, a second number or a digit of another script, is a
/// fault.
enum DialledDigits {
    /// After a plus.
    case global(DigitString)
    case local(DigitString)
    case fault(DialFault)

    init(_ bytes: Span<UInt8>) {
        guard bytes.count <= Limits.dialledBytes else {
            self = .fault(.tooLong)
            return
        }
        var (value, count, isGlobal) = (UInt64(0), 0, false)
        for index in bytes.indices {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                guard count < Self.most else {
                    self = .fault(.tooLong)
                    return
                }
                (value, count) = (value * 10 + UInt64(byte - UInt8(ascii: "0")), count + 1)
            case UInt8(ascii: "+") where index == 0: isGlobal = true
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"): break
            default:
                self = .fault(.foreignCharacter)
                return
            }
        }
        guard let digits = DigitString(value: value, count: count) else {
            self = .fault(.empty)
            return
        }
        self = isGlobal ? .global(digits) : .local(digits)
    }

    private static let most = Model.Limits.dialledDigits.upperBound
}
