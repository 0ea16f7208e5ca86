// SPDX-License-Identifier: Apache-2.0

/// One hop of the way that a response takes back, as positions in its message (RFC 3261 §20.42, RFC 3581).
public struct Via: Sendable {
    /// How the branch of every element that follows RFC 3261 starts (§8.1.1.7).
    public static let magicCookie = "z9hG4bK"

    /// `UDP`, `TCP`, `TLS`, or any other token.
    public let transport: ByteRange
    /// Without the brackets of an IPv6 reference.
    public let host: ByteRange
    public let port: UInt16?
    public let isIPv6Literal: Bool
    public private(set) var branch: ByteRange?
    /// The address that the previous hop saw, as it wrote it, which may be in brackets (RFC 5118 §4.5).
    public private(set) var received: ByteRange?
    /// Whether there is an `rport`, with or without a value.
    public private(set) var hasRport = false
    public private(set) var rport: UInt16?
    public private(set) var maddr: ByteRange?
    /// With the first semicolon. Empty when there are none.
    public private(set) var parameters = ByteRange(0..<0)
    public private(set) var range = ByteRange(0..<0)

    /// The value of a parameter, in any case: empty for a name alone, `nil` when there is none.
    public func parameter(named name: String, in message: Message) -> ByteRange? {
        message.bytes.span.parameter(name, in: parameters.range)
    }

    /// Whether the branch starts with ``magicCookie`` and goes on: only then it names a transaction (§17.2.3).
    public func hasTransactionBranch(in message: Message) -> Bool {
        guard let branch, branch.count > 7 else { return false }
        return message.bytes.span.word(Int(branch.lower)..<Int(branch.lower) + 7) == 0x006B_6234_6768_397A
    }

    /// Reads one value.
    ///
    /// - Parameters:
    ///   - offset: Where it starts; afterwards the comma behind it, or `end`.
    ///   - end: Where the field's value ends.
    init(_ bytes: Span<UInt8>, at offset: inout Int, to end: Int) throws(ParseError) {
        let start = bytes.skipSpace(from: offset, to: end)
        let protocolEnd = try Self.skipProtocol(bytes, from: start, to: end)
        let transportEnd = bytes.skip(.token, from: protocolEnd, to: end)
        let hostStart = bytes.skipSpace(from: transportEnd, to: end)
        guard transportEnd > protocolEnd, hostStart > transportEnd else {
            throw ParseError(.malformed(.via), at: transportEnd)
        }
        let sentBy = try HostPort(bytes, from: hostStart, to: end, part: .via, spaces: true)
        transport = ByteRange(protocolEnd..<transportEnd)
        host = ByteRange(sentBy.host)
        port = sentBy.port
        isIPv6Literal = sentBy.isIPv6Literal
        var reader = ParameterReader(from: sentBy.end, to: end)
        while let parameter = try reader.next(bytes) { try take(bytes, parameter) }
        offset = reader.offset
        let last = bytes.trimmedEnd(from: sentBy.end, to: offset)
        parameters = ByteRange(bytes.skipSpace(from: sentBy.end, to: last)..<last)
        range = ByteRange(start..<last)
    }

    /// `SIP/2.0/`, with white space around the slashes where somebody puts it (RFC 4475 §3.1.1.1).
    @inline(__always)
    private static func skipProtocol(_ bytes: Span<UInt8>, from start: Int, to end: Int) throws(ParseError) -> Int {
        if start + 8 < end, bytes.word(start..<start + 8) == 0x2F30_2E32_2F70_6973, !isLinearSpace(bytes[start + 8]) {
            return start + 8
        }
        var offset = start
        for part in ["sip", "/", "2.0", "/"] {
            let next = min(offset + part.utf8.count, end)
            guard bytes.equals(offset..<next, part.utf8) else { throw ParseError(.malformed(.via), at: offset) }
            offset = bytes.skipSpace(from: next, to: end)
        }
        return offset
    }

    @inline(__always)
    private mutating func take(_ bytes: Span<UInt8>, _ parameter: Parameter) throws(ParseError) {
        switch parameter.key {
        case .branch:
            guard branch == nil, let value = parameter.value, !value.isEmpty else {
                throw ParseError(.malformed(.via), at: parameter.range.lowerBound)
            }
            branch = ByteRange(value)
        case .received: received = parameter.value.map { ByteRange($0) }
        case .maddr: maddr = parameter.value.map { ByteRange($0) }
        case .rport:
            hasRport = true
            guard let value = parameter.value else { return }
            guard let number = bytes.number(value, maximum: 65_535) else {
                throw ParseError(.malformed(.via), at: value.lowerBound)
            }
            rport = UInt16(truncatingIfNeeded: number)
        case .tag, .expires, .q, .ttl, .lr, .user, .method, .ob, .gr, .transport, nil: break
        }
    }
}

extension Message {
    /// The first value of the first Via: the hop that sent this request, or the one this response is for.
    public func topVia() throws(ParseError) -> Via {
        if let core { return core.via }
        guard let value = first(.via) else { throw ParseError(.missing(.via), at: bytes.count) }
        var offset = Int(value.lower)
        return try Via(bytes.span, at: &offset, to: Int(value.upper))
    }

    /// All hops, the last one first.
    ///
    /// - Throws: `.tooLarge` after ``Limits/vias``.
    public func vias() throws(ParseError) -> [Via] {
        let span = bytes.span
        var vias: [Via] = []
        for field in fields where field.name == .via {
            var offset = Int(field.valueLower)
            let end = Int(field.valueUpper)
            while true {
                vias.append(try Via(span, at: &offset, to: end))
                guard vias.count <= Limits.vias else {
                    throw ParseError(.tooLarge(.via, limit: Limits.vias), at: offset)
                }
                guard offset < end else { break }
                offset += 1
            }
        }
        guard !vias.isEmpty else { throw ParseError(.missing(.via), at: bytes.count) }
        return vias
    }
}
