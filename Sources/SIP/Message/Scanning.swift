// SPDX-License-Identifier: Apache-2.0

import Primitives

/// The steps that every parser of this module is made of. Offsets count from the start of the message; none of these
/// reads outside of the span, whatever it is told.
extension Span<UInt8> {
    /// The first offset in `start..<end` whose byte is not in `set`, or `end`.
    @inline(__always)
    func skip(_ set: ByteSet, from start: Int, to end: Int) -> Int {
        var offset = start
        while offset < end, set.contains(self[offset]) { offset += 1 }
        return offset
    }

    /// The first offset in `start..<end` that is no linear white space. The line ends that it passes are folds: the
    /// index has seen to that.
    @inline(__always)
    func skipSpace(from start: Int, to end: Int) -> Int {
        var offset = start
        while offset < end, isLinearSpace(self[offset]) { offset += 1 }
        return offset
    }

    /// `end`, or less where linear white space stands before it.
    @inline(__always)
    func trimmedEnd(from start: Int, to end: Int) -> Int {
        var offset = end
        while offset > start, isLinearSpace(self[offset - 1]) { offset -= 1 }
        return offset
    }

    /// The offset of `byte` in `start..<end`, or `nil`.
    @inline(__always)
    func find(_ byte: UInt8, from start: Int, to end: Int) -> Int? {
        var offset = start
        while offset + 8 <= end {
            let found = zeros(in: eight(at: offset) ^ everyByte(byte))
            if found != 0 { return offset + found.trailingZeroBitCount / 8 }
            offset += 8
        }
        while offset < end {
            if self[offset] == byte { return offset }
            offset += 1
        }
        return nil
    }

    /// Eight bytes, the first lowest. They must be there: the load is checked against the span.
    @inline(__always)
    func eight(at offset: Int) -> UInt64 {
        // Every pattern of bits is a value of this type.
        unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Whether `byte` stands at `offset`, and `offset` before `end`.
    @inline(__always)
    func has(_ byte: UInt8, at offset: Int, before end: Int) -> Bool {
        offset < end && self[offset] == byte
    }

    /// Whether a range holds exactly `text`, whatever the case of its letters.
    func equals(_ range: Range<Int>, _ text: some Collection<UInt8>) -> Bool {
        guard range.count == text.count, range.upperBound <= count else { return false }
        var offset = range.lowerBound
        for expected in text {
            guard isSameLetter(self[offset], expected) else { return false }
            offset += 1
        }
        return true
    }

    /// Whether a range holds exactly `text`.
    func equalsExactly(_ range: Range<Int>, _ text: String) -> Bool {
        guard range.count == text.utf8.count, range.upperBound <= count else { return false }
        var offset = range.lowerBound
        for expected in text.utf8 {
            guard self[offset] == expected else { return false }
            offset += 1
        }
        return true
    }

    /// A range as text; what is no UTF-8 becomes U+FFFD.
    func text(_ range: Range<Int>) -> String {
        guard range.lowerBound >= 0, range.upperBound <= count else { return "" }
        return unsafe extracting(range).withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The value of one or more digits, or `nil` where a byte is none. More than `maximum` is `maximum`.
    func saturatedNumber(_ range: Range<Int>, maximum: UInt32) -> UInt32? {
        guard !range.isEmpty else { return nil }
        var value: UInt64 = 0
        for offset in range {
            let digit = self[offset] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = Swift.min(value * 10 + UInt64(digit), UInt64(maximum))
        }
        return UInt32(truncatingIfNeeded: value)
    }

    /// The value of one or more digits, or `nil` where a byte is none or the value is over `maximum`.
    func number(_ range: Range<Int>, maximum: UInt32) -> UInt32? {
        guard maximum < .max, let value = saturatedNumber(range, maximum: maximum + 1), value <= maximum else {
            return nil
        }
        return value
    }

    /// The end of the quoted string that starts at `start`, after its closing quote (RFC 3261 §25.1).
    func quotedEnd(from start: Int, to end: Int) throws(ParseError) -> Int {
        var offset = start + 1
        while offset < end {
            // Eight plain bytes at a time.
            if offset + 8 <= end {
                let chunk = eight(at: offset)
                let special = zeros(in: chunk ^ everyByte(0x22)) | zeros(in: chunk ^ everyByte(0x5C))
                guard special != 0 else {
                    offset += 8
                    continue
                }
                offset += special.trailingZeroBitCount / 8
            }
            switch self[offset] {
            case UInt8(ascii: "\""): return offset + 1
            case UInt8(ascii: "\\"): offset += 2
            default: offset += 1
            }
        }
        throw ParseError(.malformed(.quotedString), at: start)
    }

    /// Up to eight bytes of a name in lower case, packed with the first byte lowest; 0 for a longer range.
    ///
    /// Setting bit 5 folds the case of letters, and leaves every other token character but `_` as it is, so two names
    /// are equal when their words are.
    @inline(__always)
    func word(_ range: Range<Int>) -> UInt64 {
        guard range.count <= 8 else { return 0 }
        return (exactWord(range) | everyByte(0x20)) & lowBytes(range.count)
    }

    /// Up to eight bytes as they are, packed with the first byte lowest; 0 for a longer range.
    @inline(__always)
    func exactWord(_ range: Range<Int>) -> UInt64 {
        guard range.count <= 8 else { return 0 }
        if range.lowerBound + 8 <= count { return eight(at: range.lowerBound) & lowBytes(range.count) }
        var word: UInt64 = 0
        for offset in range.reversed() { word = word &<< 8 | UInt64(self[offset]) }
        return word
    }
}

/// A word of one byte eight times.
@inline(__always)
func everyByte(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

/// A mask of the lowest 0…8 bytes of a word.
@inline(__always)
func lowBytes(_ count: Int) -> UInt64 { count == 8 ? .max : (1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1 }

/// The top bit of the first byte that is zero, and perhaps of some behind it; 0 when there is none.
@inline(__always)
func zeros(in word: UInt64) -> UInt64 { (word &- everyByte(1)) & ~word & everyByte(0x80) }

@inline(__always)
func isLinearSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
}
