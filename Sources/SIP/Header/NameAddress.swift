// SPDX-License-Identifier: Apache-2.0

/// `"Alice" <sip:alice@pbx.example>;tag=8a7b` or `sip:alice@pbx.example;tag=8a7b`: the value of From, To, Contact,
/// Route, Record-Route, Refer-To and their like, as positions in its message (RFC 3261 §20.10, §25.1).
public struct NameAddress: Sendable {
    /// Without its quotes, but with its backslashes: ``Message/unescaped(_:)`` takes them away.
    public let displayName: ByteRange?
    /// `nil` when the scheme is none of `sip`, `sips` and `tel`.
    public let uri: SIPURI?
    /// The URI without its angle brackets, whatever its scheme.
    public let uriRange: ByteRange
    public private(set) var tag: ByteRange?
    /// In seconds. A larger number than fits is the largest (RFC 4475 §3.1.2.4); one that is none is not there.
    public private(set) var expires: UInt32?
    /// The preference in thousandths, 0…1000 (RFC 3261 §20.10 `q`).
    public private(set) var q: UInt16?
    /// Of the header field, not of the URI. With the first semicolon. Empty when there are none.
    public private(set) var parameters = ByteRange(0..<0)
    public private(set) var range = ByteRange(0..<0)

    /// The value of a header parameter, in any case: empty for a name alone, `nil` when there is none.
    public func parameter(named name: String, in message: Message) -> ByteRange? {
        message.bytes.span.parameter(name, in: parameters.range)
    }

    /// Reads one address.
    ///
    /// - Parameters:
    ///   - offset: Where it starts; afterwards the comma behind it, or `end`.
    ///   - end: Where the field's value ends.
    init(_ bytes: Span<UInt8>, at offset: inout Int, to end: Int) throws(ParseError) {
        let start = bytes.skipSpace(from: offset, to: end)
        let place = try AddressPlace(bytes, from: start, to: end)
        displayName = place.displayName.map { ByteRange($0) }
        uriRange = ByteRange(place.uri)
        do throws(ParseError) {
            uri = try SIPURI(parsing: bytes, in: place.uri)
        } catch {
            guard error.problem == .unsupportedScheme else { throw error }
            uri = nil
        }
        // RFC 3261 §20.10: a URI with a comma, question mark or semicolon must stand in angle brackets.
        if !place.isBracketed, uri?.hasHeaders == true { throw ParseError(.malformed(.address), at: start) }
        var reader = ParameterReader(from: place.end, to: end)
        while let parameter = try reader.next(bytes) { try take(bytes, parameter) }
        offset = reader.offset
        let last = bytes.trimmedEnd(from: place.end, to: offset)
        parameters = ByteRange(bytes.skipSpace(from: place.end, to: last)..<last)
        range = ByteRange(start..<last)
    }

    @inline(__always)
    private mutating func take(_ bytes: Span<UInt8>, _ parameter: Parameter) throws(ParseError) {
        switch parameter.key {
        case .tag:
            guard tag == nil, let value = parameter.value, !value.isEmpty else {
                throw ParseError(.malformed(.parameter), at: parameter.range.lowerBound)
            }
            tag = ByteRange(value)
        case .expires: expires = parameter.value.flatMap { bytes.saturatedNumber($0, maximum: .max) }
        case .q: q = parameter.value.flatMap { bytes.thousandths($0) }
        case .branch, .received, .rport, .maddr, .ttl, .lr, .user, .method, .ob, .gr, .transport, nil: break
        }
    }
}

/// Where the parts of an address stand.
private struct AddressPlace {
    var displayName: Range<Int>?
    let uri: Range<Int>
    let isBracketed: Bool
    /// Where the parameters start.
    let end: Int

    @inline(__always)
    init(_ bytes: Span<UInt8>, from start: Int, to end: Int) throws(ParseError) {
        var offset = start
        if bytes.has(UInt8(ascii: "\""), at: offset, before: end) {
            offset = try bytes.quotedEnd(from: offset, to: end)
            displayName = start + 1..<offset - 1
            offset = bytes.skipSpace(from: offset, to: end)
            guard bytes.has(UInt8(ascii: "<"), at: offset, before: end) else {
                throw ParseError(.malformed(.address), at: offset)
            }
        } else if !bytes.has(UInt8(ascii: "<"), at: offset, before: end) {
            let nameEnd = bytes.skipDisplayName(from: offset, to: end)
            guard bytes.has(UInt8(ascii: "<"), at: nameEnd, before: end) else {
                // No name, no brackets: the URI ends where a bare one must.
                let uriEnd = bytes.skipBareURI(from: start, to: end)
                guard uriEnd > start else { throw ParseError(.malformed(.address), at: start) }
                (uri, isBracketed, self.end) = (start..<uriEnd, false, uriEnd)
                return
            }
            displayName = start..<bytes.trimmedEnd(from: start, to: nameEnd)
            offset = nameEnd
        }
        guard let close = bytes.find(UInt8(ascii: ">"), from: offset, to: end) else {
            throw ParseError(.malformed(.address), at: offset)
        }
        (uri, isBracketed, self.end) = (offset + 1..<close, true, close + 1)
    }
}

extension Span<UInt8> {
    /// Tokens with white space between them, and the non-ASCII letters that phones do not put in quotes.
    @inline(__always)
    fileprivate func skipDisplayName(from start: Int, to end: Int) -> Int {
        var offset = start
        while offset < end {
            let byte = self[offset]
            guard ByteSet.token.contains(byte) || isLinearSpace(byte) || byte >= 0x80 else { break }
            offset += 1
        }
        return offset
    }

    /// Up to white space, a comma, or the semicolon that starts the header's own parameters (RFC 3261 §20).
    @inline(__always)
    fileprivate func skipBareURI(from start: Int, to end: Int) -> Int {
        var offset = start
        while offset < end {
            let byte = self[offset]
            guard ByteSet.visible.contains(byte), byte != UInt8(ascii: ";"), byte != UInt8(ascii: ",") else { break }
            offset += 1
        }
        return offset
    }

    /// RFC 3261 §25.1 `qvalue` in thousandths; `nil` for anything else.
    fileprivate func thousandths(_ range: Range<Int>) -> UInt16? {
        guard let whole = number(range.lowerBound..<Swift.min(range.lowerBound + 1, range.upperBound), maximum: 1)
        else {
            return nil
        }
        guard range.count > 1 else { return UInt16(whole) * 1_000 }
        guard range.count <= 5, self[range.lowerBound + 1] == UInt8(ascii: ".") else { return nil }
        var (value, scale) = (whole * 1_000, UInt32(100))
        for offset in range.lowerBound + 2..<range.upperBound {
            guard let digit = number(offset..<offset + 1, maximum: 9) else { return nil }
            (value, scale) = (value + digit * scale, scale / 10)
        }
        return value <= 1_000 ? UInt16(value) : nil
    }
}
