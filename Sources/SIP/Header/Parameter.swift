// SPDX-License-Identifier: Apache-2.0

/// A `;name=value` of a header field or a URI.
struct Parameter {
    /// From the semicolon to the end of the value.
    let range: Range<Int>
    let name: Range<Int>
    /// Without quotes; `nil` for a name alone.
    let value: Range<Int>?
    let key: ParameterKey?

    /// The value, or nothing right behind the name.
    var content: ByteRange { ByteRange(value ?? name.upperBound..<name.upperBound) }
}

/// The parameters that have a meaning here, by their name in lower case: eight bytes at most, the first lowest.
enum ParameterKey: UInt64 {
    case tag = 0x0067_6174
    case expires = 0x0073_6572_6970_7865
    case q = 0x71
    case branch = 0x6863_6E61_7262
    case received = 0x6465_7669_6563_6572
    case rport = 0x0074_726F_7072
    case maddr = 0x0072_6464_616D
    case ttl = 0x006C_7474
    case lr = 0x726C
    case user = 0x7265_7375
    case method = 0x646F_6874_656D
    case ob = 0x626F
    case gr = 0x7267
    /// Nine letters long: `transpor` and a check of the last one.
    case transport = 0x726F_7073_6E61_7274

    @inline(__always)
    init?(_ bytes: Span<UInt8>, _ name: Range<Int>) {
        if name.count == 9 {
            guard bytes[name.upperBound - 1] | 0x20 == UInt8(ascii: "t") else { return nil }
            guard bytes.word(name.lowerBound..<name.upperBound - 1) == Self.transport.rawValue else { return nil }
            self = .transport
        } else {
            let word = bytes.word(name)
            guard word != Self.transport.rawValue else { return nil }
            self.init(rawValue: word)
        }
    }
}

/// Reads the parameters behind a value one by one (RFC 3261 §25.1 `generic-param`, white space around `;` and `=`).
struct ParameterReader {
    /// The first byte not read: a `,` or `end` when there is nothing more.
    private(set) var offset: Int
    private let end: Int
    private var count = 0

    init(from start: Int, to end: Int) {
        (self.offset, self.end) = (start, end)
    }

    /// The next parameter, or `nil` at the end of the value.
    ///
    /// - Throws: When something else than `;` and `,` follows, a name is empty, or a quote stays open.
    @inline(__always)
    mutating func next(_ bytes: Span<UInt8>) throws(ParseError) -> Parameter? {
        let start = bytes.skipSpace(from: offset, to: end)
        guard start < end, bytes[start] != UInt8(ascii: ",") else {
            offset = start
            return nil
        }
        let lower = bytes.skipSpace(from: start + 1, to: end)
        let upper = bytes.skip(.token, from: lower, to: end)
        guard bytes[start] == UInt8(ascii: ";"), upper > lower else {
            throw ParseError(.malformed(.parameter), at: start)
        }
        count += 1
        guard count <= Limits.parameters else {
            throw ParseError(.tooLarge(.parameter, limit: Limits.parameters), at: start)
        }
        let name = lower..<upper
        let value = try readValue(bytes, after: upper)
        return Parameter(range: start..<offset, name: name, value: value, key: ParameterKey(bytes, name))
    }

    @inline(__always)
    private mutating func readValue(_ bytes: Span<UInt8>, after name: Int) throws(ParseError) -> Range<Int>? {
        let equals = bytes.skipSpace(from: name, to: end)
        guard bytes.has(UInt8(ascii: "="), at: equals, before: end) else {
            offset = name
            return nil
        }
        let start = bytes.skipSpace(from: equals + 1, to: end)
        if bytes.has(UInt8(ascii: "\""), at: start, before: end) {
            offset = try bytes.quotedEnd(from: start, to: end)
            return start + 1..<offset - 1
        }
        offset = bytes.skip(.parameterValue, from: start, to: end)
        guard offset > start else { throw ParseError(.malformed(.parameter), at: start) }
        return start..<offset
    }
}

extension Span<UInt8> {
    /// The value of the first parameter with this name in a range of parameters: empty for a name alone, `nil` when
    /// there is none.
    func parameter(_ name: String, in range: Range<Int>) -> ByteRange? {
        var reader = ParameterReader(from: range.lowerBound, to: Swift.min(range.upperBound, count))
        // The range was read once without an error, so there is none to report.
        while let parameter = try? reader.next(self) {
            if equals(parameter.name, name.utf8) { return parameter.content }
        }
        return nil
    }
}
