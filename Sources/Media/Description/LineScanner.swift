// SPDX-License-Identifier: Apache-2.0

import Primitives

/// Reads the value of one line from left to right. Offsets are those of the whole description.
struct LineScanner {
    private(set) var rest: ArraySlice<UInt8>

    init(_ line: ArraySlice<UInt8>) {
        rest = line
    }

    var offset: Int { rest.startIndex }
    var isAtEnd: Bool { rest.isEmpty }

    /// The next run of bytes other than spaces; empty at the end. Several spaces separate like one, because phones
    /// write them.
    mutating func word() -> ArraySlice<UInt8> {
        rest = rest.drop { $0 == UInt8(ascii: " ") }
        let word = rest.prefix { $0 != UInt8(ascii: " ") }
        rest = rest[word.endIndex...]
        return word
    }

    mutating func skipBlanks() { rest = rest.drop { $0 == 0x20 || $0 == 0x09 } }

    /// What stands before the next `separator`, or everything; the separator is skipped.
    mutating func part(before separator: UInt8) -> ArraySlice<UInt8> {
        let part = rest.prefix { $0 != separator }
        rest = rest[part.endIndex...].dropFirst()
        return part
    }

    /// A whole number of 1 to 19 digits, or `nil`: it cannot overflow.
    static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        guard (1...19).contains(digits.count) else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
            value = value * 10 + UInt64(digit - UInt8(ascii: "0"))
        }
        return value
    }

    static func port(_ digits: ArraySlice<UInt8>) -> UInt16? {
        number(digits).flatMap { UInt16(exactly: $0) }
    }
}

extension ArraySlice<UInt8> {
    /// Equal to `text`, whatever the case of ASCII letters.
    func isSame(as text: StaticString) -> Bool {
        text.withUTF8Buffer { other in
            guard other.count == count else { return false }
            return unsafe zip(self, other).allSatisfy { isSameLetter($0, $1) }
        }
    }

    /// RFC 8866 §9 `token`, and `/` for the parts of a protocol.
    var isToken: Bool {
        !isEmpty
            && allSatisfy { byte in
                switch byte {
                case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D...0x39, 0x41...0x5A, 0x5E...0x7E: true
                default: false
                }
            }
    }

    var text: String { String(decoding: self, as: UTF8.self) }
}
