// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The `host [":" port]` of a URI or a Via (RFC 3261 §25.1 `hostport`, RFC 5118 §4).
struct HostPort {
    /// Without the brackets of an IPv6 reference.
    let host: Range<Int>
    let port: UInt16?
    let isIPv6Literal: Bool
    /// After the port.
    let end: Int

    /// - Parameters:
    ///   - part: What to call it in an error.
    ///   - spaces: Whether white space may stand around the colon, as it may in Via.
    @inline(__always)
    init(_ bytes: Span<UInt8>, from start: Int, to end: Int, part: ParseError.Part, spaces: Bool) throws(ParseError) {
        var offset: Int
        if bytes.has(UInt8(ascii: "["), at: start, before: end) {
            let close = bytes.skip(.ipv6, from: start + 1, to: end)
            guard bytes.has(UInt8(ascii: "]"), at: close, before: end), IPAddress(bytes, start + 1..<close) != nil
            else { throw ParseError(.malformed(part), at: start) }
            (host, isIPv6Literal, offset) = (start + 1..<close, true, close + 1)
        } else {
            offset = bytes.skip(.host, from: start, to: end)
            guard offset > start else { throw ParseError(.malformed(part), at: start) }
            (host, isIPv6Literal) = (start..<offset, false)
        }
        let colon = spaces ? bytes.skipSpace(from: offset, to: end) : offset
        guard bytes.has(UInt8(ascii: ":"), at: colon, before: end) else {
            (port, self.end) = (nil, offset)
            return
        }
        let digits = spaces ? bytes.skipSpace(from: colon + 1, to: end) : colon + 1
        self.end = bytes.skip(.digit, from: digits, to: end)
        guard let number = bytes.number(digits..<self.end, maximum: 65_535), number > 0 else {
            throw ParseError(.malformed(part), at: digits)
        }
        port = UInt16(truncatingIfNeeded: number)
    }
}

extension Message {
    /// The IP address that a range holds, with or without brackets; `nil` for a name. Does not allocate.
    public func address(_ range: ByteRange) -> IPAddress? {
        let span = bytes.span
        guard range.range.upperBound <= span.count else { return nil }
        let isBracketed = range.count > 2 && span[Int(range.lower)] == UInt8(ascii: "[")
        guard isBracketed else { return IPAddress(span, range.range) }
        guard span[Int(range.upper) - 1] == UInt8(ascii: "]") else { return nil }
        return IPAddress(span, Int(range.lower) + 1..<Int(range.upper) - 1)
    }
}

extension IPAddress {
    /// Reads an address as RFC 3261 §25.1 writes it, without brackets and without allocating.
    init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        if let v4 = bytes.quad(range) {
            self.init(v4: v4)
        } else {
            self.init(v6: bytes, range)
        }
    }

    private init?(v6 bytes: Span<UInt8>, _ range: Range<Int>) {
        var words = SIMD8<UInt16>()
        var (count, gap, offset) = (0, -1, range.lowerBound)
        let end = range.upperBound
        guard end - offset >= 2, end - offset <= 45 else { return nil }
        while offset < end {
            if bytes[offset] == UInt8(ascii: ":") {
                // Only `::` may start an address, end it, or leave words out, and only once.
                guard bytes.has(UInt8(ascii: ":"), at: offset + 1, before: end), gap < 0 else { return nil }
                (gap, offset) = (count, offset + 2)
                continue
            }
            if count <= 6, let v4 = bytes.quad(offset..<end) {
                words[count] = UInt16(truncatingIfNeeded: v4 >> 16)
                words[count + 1] = UInt16(truncatingIfNeeded: v4)
                (count, offset) = (count + 2, end)
                break
            }
            guard count < 8, let (word, next) = bytes.group(from: offset, to: end) else { return nil }
            words[count] = word
            (count, offset) = (count + 1, next)
            guard offset < end else { break }
            guard bytes[offset] == UInt8(ascii: ":"), offset + 1 < end else { return nil }
            if bytes[offset + 1] != UInt8(ascii: ":") { offset += 1 }
        }
        guard gap < 0 ? count == 8 : count < 8 else { return nil }
        self.init(words: words, count: count, gap: gap < 0 ? count : gap)
    }

    /// - Parameter gap: How many words stand before the `::`.
    private init(words: SIMD8<UInt16>, count: Int, gap: Int) {
        var halves = SIMD2<UInt64>()
        for place in 0..<8 {
            let tail = place - (8 - count)
            let word = place < gap ? words[place] : tail >= gap ? words[tail] : 0
            halves[place / 4] = halves[place / 4] << 16 | UInt64(word)
        }
        self.init(high: halves[0], low: halves[1])
    }
}

extension Span<UInt8> {
    /// Four decimal octets in host order. A leading zero would be octal to some readers: refused.
    fileprivate func quad(_ range: Range<Int>) -> UInt32? {
        guard range.count >= 7, range.count <= 15 else { return nil }
        var (value, parts, offset) = (UInt32(0), 0, range.lowerBound)
        while parts < 4 {
            let end = skip(.digit, from: offset, to: range.upperBound)
            guard end - offset <= 3, end - offset == 1 || !has(UInt8(ascii: "0"), at: offset, before: end),
                let octet = number(offset..<end, maximum: 255)
            else { return nil }
            (value, parts, offset) = (value << 8 | octet, parts + 1, end)
            if parts == 4 { break }
            guard has(UInt8(ascii: "."), at: offset, before: range.upperBound) else { return nil }
            offset += 1
        }
        return offset == range.upperBound ? value : nil
    }

    /// One to four hexadecimal digits.
    fileprivate func group(from start: Int, to end: Int) -> (word: UInt16, next: Int)? {
        var (word, offset) = (UInt16(0), start)
        while offset < end, offset < start + 4, let digit = Hex.value(self[offset]) {
            word = word << 4 | UInt16(digit)
            offset += 1
        }
        return offset > start ? (word, offset) : nil
    }
}
