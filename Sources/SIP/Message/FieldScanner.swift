// SPDX-License-Identifier: Apache-2.0

/// One header field as positions in its message.
struct Field: Sendable {
    let nameLower: UInt32
    let valueLower: UInt32
    let valueUpper: UInt32
    let nameCount: UInt16
    let name: HeaderName

    var nameRange: Range<Int> { Int(nameLower)..<Int(nameLower) + Int(nameCount) }
    var value: ByteRange { ByteRange(Int(valueLower)..<Int(valueUpper)) }
}

/// Walks over the header fields of a message, each with the lines that are folded into it (RFC 3261 §7.3.1).
///
/// There is one of these in Ringfence: the index of a ``Message`` and the ``StreamFramer`` see the same fields, so no
/// Content-Length can be one thing to the framing and another to the message.
struct FieldScanner {
    enum Line {
        case field(Field)
        /// The blank line. ``FieldScanner/offset`` is where the body starts.
        case end
        /// A line that is no header field. ``FieldScanner/offset`` is after it, so the rest can still be read.
        case damaged(ParseError)
        /// The bytes end before the line does.
        case unfinished
    }

    /// Where the next line starts.
    var offset: Int

    @inline(__always)
    mutating func next(_ bytes: Span<UInt8>) -> Line {
        let start = offset
        if bytes.hasLineEnd(at: start) {
            offset = start + 2
            return .end
        }
        var end = bytes.firstControl(from: start)
        // One line in plain text is what nearly every field is: CRLF, and no fold after it.
        guard bytes.hasLineEnd(at: end), end + 2 < bytes.count, !isBlank(bytes[end + 2]) else {
            return unusual(bytes, from: start, control: &end)
        }
        offset = end + 2
        return Self.split(bytes, start, end)
    }

    /// The rest of a field that is folded, holds a control, or is cut off.
    @inline(never)
    private mutating func unusual(_ bytes: Span<UInt8>, from start: Int, control end: inout Int) -> Line {
        var holdsControl = false
        while end + 2 < bytes.count {
            if !bytes.hasLineEnd(at: end) {
                holdsControl = true
                end = bytes.firstControl(from: end + 1)
            } else if isBlank(bytes[end + 2]) {
                end = bytes.firstControl(from: end + 3)
            } else {
                offset = end + 2
                if holdsControl, let control = bytes.firstUnquotedControl(from: start, to: end) {
                    return .damaged(ParseError(.forbiddenControl, at: control))
                }
                return Self.split(bytes, start, end)
            }
        }
        offset = bytes.count
        return .unfinished
    }

    /// Parts a line without its end into name and trimmed value.
    @inline(__always)
    private static func split(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Line {
        guard end - start <= Limits.fieldBytes else {
            return .damaged(ParseError(.tooLarge(.header, limit: Limits.fieldBytes), at: start))
        }
        if let (name, colon) = bytes.knownName(at: start), colon < end {
            return .field(field(bytes, name, start..<colon, after: colon, end))
        }
        return uncommon(bytes, start, end)
    }

    /// A line whose name is long, unknown, or followed by a blank, which is legal and must not make it another name
    /// to somebody else (RFC 3261 §25.1 `HCOLON`).
    @inline(never)
    private static func uncommon(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Line {
        let nameEnd = bytes.skip(.token, from: start, to: end)
        var colon = nameEnd
        while colon < end, isBlank(bytes[colon]) { colon += 1 }
        guard nameEnd > start, bytes.has(UInt8(ascii: ":"), at: colon, before: end) else {
            return .damaged(ParseError(.malformed(.fieldName), at: colon))
        }
        let name = HeaderName.find(HeaderKey(bytes, start..<nameEnd)) ?? .other
        return .field(field(bytes, name, start..<nameEnd, after: colon, end))
    }

    @inline(__always)
    private static func field(
        _ bytes: Span<UInt8>,
        _ name: HeaderName,
        _ nameRange: Range<Int>,
        after colon: Int,
        _ end: Int
    ) -> Field {
        let lower = bytes.skipSpace(from: colon + 1, to: end)
        let upper = bytes.trimmedEnd(from: lower, to: end)
        return Field(
            nameLower: UInt32(truncatingIfNeeded: nameRange.lowerBound),
            valueLower: UInt32(truncatingIfNeeded: lower),
            valueUpper: UInt32(truncatingIfNeeded: upper),
            nameCount: UInt16(truncatingIfNeeded: nameRange.count),
            name: name
        )
    }
}

@inline(__always)
func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
}

extension Span<UInt8> {
    @inline(__always)
    func hasLineEnd(at offset: Int) -> Bool {
        offset + 1 < count && self[offset] == UInt8(ascii: "\r") && self[offset + 1] == UInt8(ascii: "\n")
    }

    /// The first control character but a tab at or after `start`, or `count`. Sixteen bytes at a time: this is the one
    /// loop that touches every byte of a header, and it sees line ends and what may not stand in a line at once.
    @inline(__always)
    func firstControl(from start: Int) -> Int {
        var offset = start
        while offset + 16 <= count {
            let low = controls(in: eight(at: offset))
            let high = controls(in: eight(at: offset + 8))
            guard low | high != 0 else {
                offset += 16
                continue
            }
            offset += low != 0 ? low.trailingZeroBitCount / 8 : 8 + high.trailingZeroBitCount / 8
            if self[offset] != UInt8(ascii: "\t") { return offset }
            offset += 1
        }
        while offset < count, !isControl(self[offset]) { offset += 1 }
        return offset
    }

    /// The header field that is named at `start`, and where its colon is; `nil` unless the name is a known one of up
    /// to 15 bytes with its colon right behind it.
    @inline(__always)
    fileprivate func knownName(at start: Int) -> (HeaderName, colon: Int)? {
        guard start + 16 <= count else { return nil }
        let (low, high) = (eight(at: start), eight(at: start + 8))
        let colons = (zeros(in: low ^ everyByte(0x3A)), zeros(in: high ^ everyByte(0x3A)))
        let key: HeaderKey
        let length: Int
        if colons.0 != 0 {
            length = colons.0.trailingZeroBitCount / 8
            key = HeaderKey(first: (low | everyByte(0x20)) & lowBytes(length), second: 0)
        } else {
            guard colons.1 != 0 else { return nil }
            length = 8 + colons.1.trailingZeroBitCount / 8
            key = HeaderKey(first: low | everyByte(0x20), second: (high | everyByte(0x20)) & lowBytes(length - 8))
        }
        return HeaderName.find(key).map { ($0, start + length) }
    }

    /// The first control of a line that is neither part of a fold nor the second half of a quoted pair in a quoted
    /// string (RFC 3261 §25.1 `quoted-pair`, which may be any control but CR and LF).
    fileprivate func firstUnquotedControl(from start: Int, to end: Int) -> Int? {
        var (offset, isQuoted) = (start, false)
        while offset < end {
            let byte = self[offset]
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == UInt8(ascii: "\\"), isQuoted {
                offset += 1
                if offset < end, self[offset] == UInt8(ascii: "\r") || self[offset] == UInt8(ascii: "\n") {
                    return offset
                }
            } else if hasLineEnd(at: offset), offset + 2 < end, isBlank(self[offset + 2]) {
                offset += 2
            } else if isControl(byte) {
                return offset
            }
            offset += 1
        }
        return nil
    }
}

@inline(__always)
private func isControl(_ byte: UInt8) -> Bool {
    byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7F
}

/// The top bit of the first byte that is a control, a tab included, and perhaps of some behind it; 0 when there is none.
@inline(__always)
private func controls(in word: UInt64) -> UInt64 {
    (word &- everyByte(0x20)) & ~word & everyByte(0x80) | zeros(in: word ^ everyByte(0x7F))
}
