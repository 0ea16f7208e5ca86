// SPDX-License-Identifier: Apache-2.0

extension Message {
    /// The identity of the call or registration (RFC 3261 §20.8): visible ASCII without white space.
    public func callID() throws(ParseError) -> ByteRange {
        guard let value = first(.callID) else { throw ParseError(.missing(.callID), at: bytes.count) }
        let end = bytes.span.skip(.visible, from: Int(value.lower), to: Int(value.upper))
        guard end == Int(value.upper), !value.isEmpty else { throw ParseError(.malformed(.callID), at: end) }
        return value
    }

    /// How many more hops a request may take, 0…255 (RFC 3261 §20.22); `nil` when it does not say.
    public func maxForwards() throws(ParseError) -> Int? {
        guard let value = first(.maxForwards) else { return nil }
        guard let number = bytes.span.number(value.range, maximum: 255) else {
            throw ParseError(.malformed(.maxForwards), at: Int(value.lower))
        }
        return Int(number)
    }

    /// The Expires field in seconds (RFC 3261 §20.19); `nil` when there is none. A number that does not fit is the
    /// largest that does: whoever asks for ever gets the longest time there is.
    public func expires() throws(ParseError) -> UInt32? { try seconds(.expires) }

    /// A field that holds a number of seconds, such as Min-Expires, Session-Expires, Min-SE or Retry-After, without
    /// the comment or parameters behind it. A number that does not fit is the largest that does.
    public func seconds(_ name: HeaderName) throws(ParseError) -> UInt32? {
        guard let range = first(name)?.range else { return nil }
        let span = bytes.span
        let digits = range.lowerBound..<span.skip(.digit, from: range.lowerBound, to: range.upperBound)
        let next = span.skipSpace(from: digits.upperBound, to: range.upperBound)
        guard let number = span.saturatedNumber(digits, maximum: .max),
            next == range.upperBound || span[next] == UInt8(ascii: ";") || span[next] == UInt8(ascii: "(")
        else { throw ParseError(.malformed(.number), at: range.lowerBound) }
        return number
    }

    /// The value of a parameter behind a field's first value, such as `refresher` of Session-Expires or `cause` of
    /// Reason: empty for a name alone, `nil` when there is none.
    public func parameter(named parameter: String, of name: HeaderName) -> ByteRange? {
        guard let range = first(name)?.range else { return nil }
        let span = bytes.span
        guard let start = span.find(UInt8(ascii: ";"), from: range.lowerBound, to: range.upperBound) else { return nil }
        return span.parameter(parameter, in: start..<range.upperBound)
    }

    /// The type and subtype of the body, each in the case it came in (RFC 3261 §20.15); `nil` when there is none.
    public func contentType() throws(ParseError) -> (type: ByteRange, subtype: ByteRange)? {
        guard let range = first(.contentType)?.range else { return nil }
        guard let found = bytes.span.mediaType(range) else {
            throw ParseError(.malformed(.mediaType), at: range.lowerBound)
        }
        return (ByteRange(found.type), ByteRange(found.subtype))
    }

    /// Whether the body is of this type, such as `application/sdp`, in any case and whatever parameters it has.
    public func hasBody(_ type: String) -> Bool {
        first(.contentType).map { bytes.span.isMediaType(type, $0.range) } ?? false
    }

    /// The comma-separated tokens of every field of this name: Supported, Require, Allow and their like. Up to
    /// ``Limits/options``; parameters are left out.
    public func options(_ name: HeaderName) -> [String] {
        var options: [String] = []
        forEachOption(name) { if options.count < Limits.options { options.append(string(ByteRange($0))) } }
        return options
    }

    /// Whether a token is among the comma-separated ones of a field of this name, in any case. Does not allocate.
    public func hasOption(_ name: HeaderName, _ option: String) -> Bool {
        let span = bytes.span
        var isThere = false
        forEachOption(name) { if span.equals($0, option.utf8) { isThere = true } }
        return isThere
    }

    private func forEachOption(_ name: HeaderName, _ body: (Range<Int>) -> Void) {
        let span = bytes.span
        for field in fields where field.name == name {
            var (offset, end) = (Int(field.valueLower), Int(field.valueLower))
            while offset < Int(field.valueUpper) {
                end = span.find(UInt8(ascii: ","), from: offset, to: Int(field.valueUpper)) ?? Int(field.valueUpper)
                let start = span.skipSpace(from: offset, to: end)
                let optionEnd = span.skip(.token, from: start, to: end)
                if optionEnd > start { body(start..<optionEnd) }
                offset = end + 1
            }
        }
    }
}

extension Span<UInt8> {
    /// Type and subtype of the value of a Content-Type, with white space around the slash or not (RFC 3261 §25.1 `SLASH`).
    func mediaType(_ range: Range<Int>) -> (type: Range<Int>, subtype: Range<Int>)? {
        let typeEnd = skip(.token, from: range.lowerBound, to: range.upperBound)
        let slash = skipSpace(from: typeEnd, to: range.upperBound)
        let subtype = skipSpace(from: Swift.min(slash + 1, range.upperBound), to: range.upperBound)
        let subtypeEnd = skip(.token, from: subtype, to: range.upperBound)
        let next = skipSpace(from: subtypeEnd, to: range.upperBound)
        guard typeEnd > range.lowerBound, has(UInt8(ascii: "/"), at: slash, before: range.upperBound),
            subtypeEnd > subtype, next == range.upperBound || self[next] == UInt8(ascii: ";")
        else { return nil }
        return (range.lowerBound..<typeEnd, subtype..<subtypeEnd)
    }

    /// Whether the value of a Content-Type is this type, in any case and whatever parameters it has.
    func isMediaType(_ text: String, _ range: Range<Int>) -> Bool {
        guard let found = mediaType(range) else { return false }
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1)
        guard parts.count == 2 else { return false }
        return equals(found.type, parts[0]) && equals(found.subtype, parts[1])
    }
}
