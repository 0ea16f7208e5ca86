// SPDX-License-Identifier: Apache-2.0

import Primitives

/// The only ways in which bytes get into a value that is written: each puts a space where a control stands.
extension [UInt8] {
    @inline(__always)
    mutating func appendValue(_ byte: UInt8) {
        append(byte < 0x20 || byte == 0x7F ? UInt8(ascii: " ") : byte)
    }

    mutating func appendValue(_ value: some Sequence<UInt8>) {
        let isDone: Void? = value.withContiguousStorageIfAvailable { buffer in
            appendValue(unsafe buffer.span, 0..<buffer.count)
        }
        if isDone == nil { for byte in value { appendValue(byte) } }
    }

    mutating func appendValue(_ text: String) {
        let span = text.utf8Span.span
        appendValue(span, 0..<span.count)
    }

    mutating func appendValue(_ text: StaticString) {
        text.withUTF8Buffer { buffer in appendValue(unsafe buffer.span, 0..<buffer.count) }
    }

    /// A range of some bytes, copied in runs: a value without controls, which nearly all are, is one copy.
    mutating func appendValue(_ span: Span<UInt8>, _ range: Range<Int>) {
        let end = Swift.min(range.upperBound, span.count)
        var offset = Swift.min(range.lowerBound, end)
        while offset < end {
            let control = Swift.min(span.firstByteToReplace(from: offset, to: end), end)
            unsafe span.extracting(offset..<control).withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
            offset = control
            if offset < end {
                append(UInt8(ascii: " "))
                offset += 1
            }
        }
    }

    mutating func append(raw text: StaticString) {
        text.withUTF8Buffer { unsafe append(contentsOf: $0) }
    }

    mutating func appendDecimal(_ number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        // As many as 64 bits have. Turning them round in the array itself would copy the array.
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var first = 20
        repeat {
            first -= 1
            digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        for index in first..<20 { append(digits[index]) }
    }

    /// As `received` and a `host` write it, without brackets.
    mutating func append(_ address: IPAddress) {
        guard let v4 = address.v4 else { return appendValue(address.description) }
        for shift: UInt32 in [24, 16, 8, 0] {
            appendDecimal(Int(v4 >> shift & 255))
            if shift > 0 { append(UInt8(ascii: ".")) }
        }
    }

    /// Moves the bytes out and leaves an empty array, so that the storage keeps one owner.
    mutating func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&self, &taken)
        return taken
    }
}

extension Span<UInt8> {
    /// The first control, tabs included, in a range, or its end.
    @inline(__always)
    fileprivate func firstByteToReplace(from start: Int, to end: Int) -> Int {
        let control = firstControl(from: start)
        return find(UInt8(ascii: "\t"), from: start, to: Swift.min(control, end)) ?? control
    }
}
