// SPDX-License-Identifier: Apache-2.0

/// A `sip:`, `sips:` or `tel:` URI as positions in its message (RFC 3261 §19.1, RFC 3966).
///
/// Nothing is unescaped: an escaped `@`, `;` or `?` is part of the name it stands in, and stays so
/// (RFC 4475 §3.1.1.3). ``decodedUser(in:)`` unescapes the user part, once.
///
/// ```
/// sip:alice:secret@pbx.example:5061;transport=tls;lr?Subject=x
///     └─┬─┘ └─┬──┘ └────┬────┘ └┬─┘└──────┬────────┘ └───┬───┘
///     user password    host    port   parameters      headers
/// ```
public struct SIPURI: Sendable {
    public enum Scheme: Sendable { case sip, sips, tel }

    public let scheme: Scheme
    public private(set) var user: ByteRange?
    public private(set) var password: ByteRange?
    /// Without the brackets of an IPv6 reference. Of a `tel` URI: its number.
    public private(set) var host = ByteRange(0..<0)
    public private(set) var port: UInt16?
    public private(set) var isIPv6Literal = false
    public private(set) var transport: ByteRange?
    /// The value of `method`, which a URI in a Contact or To must not have (RFC 3261 §19.1.1).
    public private(set) var method: ByteRange?
    public private(set) var hasMaddr = false
    /// `lr`: the proxy that this names follows RFC 3261 (§19.1.1).
    public private(set) var isLooseRoute = false
    /// `user=phone`: the user part is a telephone number.
    public private(set) var isPhone = false
    /// The value of `gr`, which makes a URI a GRUU: of a public one the instance, of a temporary one empty
    /// (RFC 5627 §3.1). ``instance(in:)`` unescapes it.
    public private(set) var gr: ByteRange?
    /// `ob`: RFC 5626 §5.4.
    public private(set) var isOutbound = false
    /// With the first semicolon. Empty when there are none.
    public private(set) var parameters = ByteRange(0..<0)
    /// After the question mark. Empty when there are none.
    public private(set) var headers = ByteRange(0..<0)
    /// Whether there is a question mark: what follows it must never become a header field (RFC 4475 §3.1.2.11).
    public private(set) var hasHeaders = false
    public let range: ByteRange

    /// Parses a URI out of some bytes.
    ///
    /// - Parameter range: The URI and nothing else.
    /// - Throws: `.unsupportedScheme` for a well-formed scheme that is none of the three, else `.malformed(.uri)`.
    public init(parsing bytes: Span<UInt8>, in range: Range<Int>) throws(ParseError) {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
            throw ParseError(.malformed(.uri), at: bytes.count)
        }
        let (scheme, start) = try Self.readScheme(bytes, range)
        self.scheme = scheme
        self.range = ByteRange(range)
        parameters = ByteRange(range.upperBound..<range.upperBound)
        headers = parameters
        switch scheme {
        case .sip, .sips: try readAddress(bytes, from: start, to: range.upperBound)
        case .tel: try readNumber(bytes, from: start, to: range.upperBound)
        }
    }

    public static func parse(_ message: Message, _ range: ByteRange) throws(ParseError) -> SIPURI {
        if range == message.requestURI, let known = message.core?.requestURI { return known }
        return try SIPURI(parsing: message.bytes.span, in: range.range)
    }

    /// The value of a URI parameter, in any case: empty for a name alone, `nil` when there is none.
    public func param(named name: String, in message: Message) -> ByteRange? {
        message.bytes.span.parameter(name, in: parameters.range)
    }

    @inline(__always)
    private static func readScheme(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>
    ) throws(ParseError) -> (Scheme, after: Int) {
        let start = range.lowerBound
        let colon = bytes.skip(.scheme, from: start, to: range.upperBound)
        guard bytes.has(UInt8(ascii: ":"), at: colon, before: range.upperBound), colon > start,
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= bytes[start] | 0x20
        else { throw ParseError(.malformed(.uri), at: colon) }
        return switch bytes.word(start..<colon) {
        case 0x0070_6973: (.sip, colon + 1)
        case 0x7370_6973: (.sips, colon + 1)
        case 0x006C_6574: (.tel, colon + 1)
        default: throw ParseError(.unsupportedScheme, at: start)
        }
    }

    @inline(__always)
    private mutating func readAddress(_ bytes: Span<UInt8>, from start: Int, to end: Int) throws(ParseError) {
        var offset = start
        if let at = bytes.find(UInt8(ascii: "@"), from: start, to: end) {
            try readUser(bytes, start..<at)
            offset = at + 1
        }
        let hostPort = try HostPort(bytes, from: offset, to: end, part: .uri, spaces: false)
        host = ByteRange(hostPort.host)
        port = hostPort.port
        isIPv6Literal = hostPort.isIPv6Literal
        offset = hostPort.end
        offset = try readParameters(bytes, from: offset, to: end)
        if bytes.has(UInt8(ascii: "?"), at: offset, before: end) {
            hasHeaders = true
            headers = ByteRange(offset + 1..<end)
            offset = try bytes.skipEscaped(.uriHeader, from: offset + 1, to: end)
        }
        guard offset == end else { throw ParseError(.malformed(.uri), at: offset) }
    }

    @inline(__always)
    private mutating func readUser(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(ParseError) {
        let userEnd = try bytes.skipEscaped(.user, from: range.lowerBound, to: range.upperBound)
        guard userEnd > range.lowerBound else { throw ParseError(.malformed(.uri), at: userEnd) }
        user = ByteRange(range.lowerBound..<userEnd)
        guard userEnd < range.upperBound else { return }
        let passwordEnd = try bytes.skipEscaped(.password, from: userEnd + 1, to: range.upperBound)
        guard bytes[userEnd] == UInt8(ascii: ":"), passwordEnd == range.upperBound else {
            throw ParseError(.malformed(.uri), at: userEnd)
        }
        password = ByteRange(userEnd + 1..<passwordEnd)
    }

    /// RFC 3966 §3: a number with its separators.
    private mutating func readNumber(_ bytes: Span<UInt8>, from start: Int, to end: Int) throws(ParseError) {
        let numberEnd = bytes.skip(.telephone, from: start, to: end)
        guard numberEnd > start else { throw ParseError(.malformed(.uri), at: start) }
        host = ByteRange(start..<numberEnd)
        let offset = try readParameters(bytes, from: numberEnd, to: end)
        guard offset == end else { throw ParseError(.malformed(.uri), at: offset) }
    }
}

extension SIPURI {
    /// `;name=value`s without any white space; a parameter that has a meaning here may come once (RFC 3261 §19.1.1).
    @inline(__always)
    private mutating func readParameters(
        _ bytes: Span<UInt8>,
        from start: Int,
        to end: Int
    ) throws(ParseError) -> Int {
        var (offset, count) = (start, 0)
        while bytes.has(UInt8(ascii: ";"), at: offset, before: end) {
            let lower = offset + 1
            let upper = try bytes.skipEscaped(.uriParameter, from: lower, to: end)
            var (valueLower, valueUpper) = (upper, upper)
            if bytes.has(UInt8(ascii: "="), at: upper, before: end) {
                valueLower = upper + 1
                valueUpper = try bytes.skipEscaped(.uriParameter, from: valueLower, to: end)
            }
            count += 1
            guard upper > lower, valueUpper > valueLower || valueLower == upper else {
                throw ParseError(.malformed(.parameter), at: offset)
            }
            guard count <= Limits.parameters else {
                throw ParseError(.tooLarge(.parameter, limit: Limits.parameters), at: offset)
            }
            try take(bytes, ParameterKey(bytes, lower..<upper), valueLower..<valueUpper)
            offset = valueUpper
        }
        parameters = ByteRange(start..<offset)
        return offset
    }

    @inline(__always)
    private mutating func take(_ bytes: Span<UInt8>, _ key: ParameterKey?, _ value: Range<Int>) throws(ParseError) {
        switch key {
        case .transport:
            guard transport == nil, !value.isEmpty else {
                throw ParseError(.malformed(.parameter), at: value.lowerBound)
            }
            transport = ByteRange(value)
        case .method: method = ByteRange(value)
        case .maddr: hasMaddr = true
        case .lr: isLooseRoute = true
        case .user: isPhone = bytes.word(value) == 0x0065_6E6F_6870
        case .ob: isOutbound = true
        case .gr:
            guard gr == nil else { throw ParseError(.malformed(.parameter), at: value.lowerBound) }
            gr = ByteRange(value)
        case .tag, .expires, .q, .branch, .received, .rport, .ttl, nil: break
        }
    }
}

extension Span<UInt8> {
    /// Like `skip`, but takes `%` with its two hexadecimal digits along (RFC 3261 §25.1 `escaped`).
    @inline(__always)
    func skipEscaped(_ set: ByteSet, from start: Int, to end: Int) throws(ParseError) -> Int {
        var offset = start
        while true {
            offset = skip(set, from: offset, to: end)
            guard has(UInt8(ascii: "%"), at: offset, before: end) else { return offset }
            guard offset + 2 < end, isHex(self[offset + 1]), isHex(self[offset + 2]) else {
                throw ParseError(.malformed(.uri), at: offset)
            }
            offset += 3
        }
    }
}

@inline(__always)
private func isHex(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte | 0x20
}
