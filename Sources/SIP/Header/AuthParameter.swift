// SPDX-License-Identifier: Apache-2.0

/// A `name=value` of credentials or a challenge.
struct AuthParameter {
    let name: Range<Int>
    /// Without quotes, but with backslashes, as digests are made of it (RFC 7616 §3.4).
    let value: Range<Int>
    let key: AuthParameterKey?
}

/// The parameters of digest authentication, by their name in lower case: eight bytes at most, the first lowest.
enum AuthParameterKey: UInt64 {
    case username = 0x656D_616E_7265_7375
    case realm = 0x006D_6C61_6572
    case nonce = 0x0065_636E_6F6E
    case uri = 0x0069_7275
    case response = 0x6573_6E6F_7073_6572
    case cnonce = 0x6563_6E6F_6E63
    case nc = 0x636E
    case qop = 0x0070_6F71
    case opaque = 0x6575_7161_706F
    case userhash = 0x6873_6168_7265_7375
    case stale = 0x0065_6C61_7473
    case domain = 0x6E69_616D_6F64
    /// Nine letters long: `algorith` and a check of the last one.
    case algorithm = 0x6874_6972_6F67_6C61

    @inline(__always)
    init?(_ bytes: Span<UInt8>, _ name: Range<Int>) {
        if name.count == 9 {
            guard bytes[name.upperBound - 1] | 0x20 == UInt8(ascii: "m") else { return nil }
            guard bytes.word(name.lowerBound..<name.upperBound - 1) == Self.algorithm.rawValue else { return nil }
            self = .algorithm
        } else {
            let word = bytes.word(name)
            guard word != Self.algorithm.rawValue else { return nil }
            self.init(rawValue: word)
        }
    }

    /// A bit of its own, to notice a parameter that comes twice.
    @inline(__always)
    var bit: UInt32 {
        switch self {
        case .username: 1
        case .realm: 2
        case .nonce: 4
        case .uri: 8
        case .response: 16
        case .cnonce: 32
        case .nc: 64
        case .qop: 128
        case .opaque: 256
        case .userhash: 512
        case .stale: 1_024
        case .domain: 2_048
        case .algorithm: 4_096
        }
    }
}

/// Reads the parameters behind `Digest` one by one (RFC 3261 §25.1 `auth-param`). One with a meaning may come once.
struct AuthParameterReader {
    private var offset: Int
    private let end: Int
    private let part: ParseError.Part
    private var seen: UInt32 = 0
    private var count = 0

    init(from start: Int, to end: Int, part: ParseError.Part) {
        (self.offset, self.end, self.part) = (start, end, part)
    }

    @inline(__always)
    mutating func next(_ bytes: Span<UInt8>) throws(ParseError) -> AuthParameter? {
        let start = bytes.skipSpace(from: offset, to: end)
        guard start < end else { return nil }
        let nameEnd = bytes.skip(.token, from: start, to: end)
        let equals = bytes.skipSpace(from: nameEnd, to: end)
        let lower = bytes.skipSpace(from: equals + 1, to: end)
        guard nameEnd > start, bytes.has(UInt8(ascii: "="), at: equals, before: end), lower < end else {
            throw ParseError(.malformed(part), at: start)
        }
        var value = lower..<lower
        if bytes[lower] == UInt8(ascii: "\"") {
            offset = try bytes.quotedEnd(from: lower, to: end)
            value = lower + 1..<offset - 1
        } else {
            offset = bytes.skip(.parameterValue, from: lower, to: end)
            value = lower..<offset
        }
        try closeValue(bytes, start)
        let key = AuthParameterKey(bytes, start..<nameEnd)
        if let key {
            guard seen & key.bit == 0 else { throw ParseError(.malformed(part), at: start) }
            seen |= key.bit
        }
        return AuthParameter(name: start..<nameEnd, value: value, key: key)
    }

    /// Passes the comma between two parameters; after one, another must follow.
    @inline(__always)
    private mutating func closeValue(_ bytes: Span<UInt8>, _ start: Int) throws(ParseError) {
        count += 1
        guard count <= Limits.parameters else {
            throw ParseError(.tooLarge(part, limit: Limits.parameters), at: start)
        }
        offset = bytes.skipSpace(from: offset, to: end)
        guard offset < end else { return }
        guard bytes[offset] == UInt8(ascii: ",") else { throw ParseError(.malformed(part), at: offset) }
        offset = bytes.skipSpace(from: offset + 1, to: end)
        guard offset < end else { throw ParseError(.malformed(part), at: offset) }
    }
}
