// SPDX-License-Identifier: Apache-2.0

/// What a WWW-Authenticate or Proxy-Authenticate of scheme Digest asks for, as positions in its message: the content of
/// each value without its quotes (RFC 7616 §3.3, RFC 3261 §22.1).
public struct Challenge: Sendable {
    public private(set) var realm = ByteRange(0..<0)
    public private(set) var nonce = ByteRange(0..<0)
    public private(set) var opaque: ByteRange?
    public private(set) var domain: ByteRange?
    /// MD5 when the field names none (RFC 7616 §3.3); `nil` when it names one that this module does not know.
    public private(set) var algorithm: DigestAlgorithm? = .md5
    /// Whether `qop` offers `auth`, and `auth-int`. Neither when there is no `qop`.
    public private(set) var offersAuth = false
    public private(set) var offersAuthInt = false
    /// The nonce was good once: the same password with this new nonce will do.
    public private(set) var stale = false

    public var isUnknownAlgorithm: Bool { algorithm == nil }

    /// - Parameter range: What stands behind the scheme.
    /// - Throws: `.malformed(.challenge)` when realm or nonce is missing, or a parameter comes twice.
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(ParseError) {
        var reader = AuthParameterReader(from: range.lowerBound, to: range.upperBound, part: .challenge)
        var missing = AuthParameterKey.realm.bit | AuthParameterKey.nonce.bit
        while let parameter = try reader.next(bytes) {
            guard let key = parameter.key else { continue }
            missing &= ~key.bit
            take(bytes, key, parameter.value)
        }
        guard missing == 0 else { throw ParseError(.malformed(.challenge), at: range.lowerBound) }
    }

    private mutating func take(_ bytes: Span<UInt8>, _ key: AuthParameterKey, _ value: Range<Int>) {
        switch key {
        case .realm: realm = ByteRange(value)
        case .nonce: nonce = ByteRange(value)
        case .opaque: opaque = ByteRange(value)
        case .domain: domain = ByteRange(value)
        case .stale: stale = bytes.word(value) == 0x6575_7274
        case .algorithm: algorithm = DigestAlgorithm(bytes, value)
        case .qop: readQop(bytes, value)
        case .username, .uri, .response, .cnonce, .nc, .userhash: break
        }
    }

    private mutating func readQop(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        var offset = value.lowerBound
        while offset < value.upperBound {
            let start = bytes.skipSpace(from: offset, to: value.upperBound)
            let end = bytes.skip(.token, from: start, to: value.upperBound)
            switch Qop(bytes, start..<end) {
            case .auth: offersAuth = true
            case .authInt: offersAuthInt = true
            case .other: break
            }
            offset = end + 1
        }
    }
}

extension Message {
    /// The first field of this name whose scheme is Digest; `nil` when there is none.
    ///
    /// - Parameter name: `.wwwAuthenticate` or `.proxyAuthenticate`.
    public func challenge(_ name: HeaderName) throws(ParseError) -> Challenge? {
        let span = bytes.span
        for field in fields where field.name == name {
            guard let parameters = span.digestParameters(field.value.range) else { continue }
            return try Challenge(span, parameters)
        }
        return nil
    }
}
