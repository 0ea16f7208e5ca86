// SPDX-License-Identifier: Apache-2.0

import Primitives

/// What an Authorization or Proxy-Authorization of scheme Digest says, as positions in its message: the content of
/// each value without its quotes (RFC 7616 §3.4, RFC 3261 §22.4).
public struct Credentials: Sendable {
    public private(set) var username = ByteRange(0..<0)
    public private(set) var realm = ByteRange(0..<0)
    public private(set) var nonce = ByteRange(0..<0)
    public private(set) var uri = ByteRange(0..<0)
    public private(set) var response = ByteRange(0..<0)
    /// MD5 when the field names none (RFC 7616 §3.3); `nil` when it names one that this module does not know.
    public private(set) var algorithm: DigestAlgorithm? = .md5
    public private(set) var cnonce: ByteRange?
    public private(set) var nc: UInt32?
    /// The eight hexadecimal digits of ``nc`` as they came: digests are made of these.
    public private(set) var ncText: ByteRange?
    public private(set) var qop: Qop?
    public private(set) var opaque: ByteRange?
    /// Whether ``username`` is a hash of the name (RFC 7616 §3.4.4).
    public private(set) var userhash = false

    public var isUnknownAlgorithm: Bool { algorithm == nil }

    /// - Parameter range: What stands behind the scheme.
    /// - Throws: `.malformed(.credentials)` when one of the five parameters that every response needs is missing, one
    ///   comes twice, or a value does not fit.
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(ParseError) {
        var reader = AuthParameterReader(from: range.lowerBound, to: range.upperBound, part: .credentials)
        var missing = AuthParameterKey.username.bit | AuthParameterKey.realm.bit | AuthParameterKey.nonce.bit
        missing |= AuthParameterKey.uri.bit | AuthParameterKey.response.bit
        while let parameter = try reader.next(bytes) {
            guard let key = parameter.key else { continue }
            missing &= ~key.bit
            try take(bytes, key, parameter.value)
        }
        guard missing == 0 else { throw ParseError(.malformed(.credentials), at: range.lowerBound) }
    }

    @inline(__always)
    private mutating func take(
        _ bytes: Span<UInt8>,
        _ key: AuthParameterKey,
        _ value: Range<Int>
    ) throws(ParseError) {
        switch key {
        case .username: username = ByteRange(value)
        case .realm: realm = ByteRange(value)
        case .nonce: nonce = ByteRange(value)
        case .uri: uri = ByteRange(value)
        case .response: response = ByteRange(value)
        case .cnonce: cnonce = ByteRange(value)
        case .opaque: opaque = ByteRange(value)
        case .userhash: userhash = bytes.word(value) == 0x6575_7274
        case .algorithm: algorithm = DigestAlgorithm(bytes, value)
        case .qop: qop = Qop(bytes, value)
        case .nc:
            guard let count = bytes.nonceCount(value) else {
                throw ParseError(.malformed(.credentials), at: value.lowerBound)
            }
            nc = count
            ncText = ByteRange(value)
        case .stale, .domain: break
        }
    }
}

extension Qop {
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        switch bytes.word(range) {
        case 0x6874_7561: self = .auth
        case 0x746E_692D_6874_7561: self = .authInt
        default: self = .other
        }
    }
}

extension Message {
    /// The first field of this name whose scheme is Digest; `nil` when there is none.
    ///
    /// - Parameters:
    ///   - name: `.authorization` or `.proxyAuthorization`.
    ///   - realm: Whose it has to be. A request may carry credentials for others on its way (RFC 3261 §22.3).
    public func credentials(
        _ name: HeaderName = .authorization,
        realm: String? = nil
    ) throws(ParseError) -> Credentials? {
        let span = bytes.span
        guard let first = firstIndex(name) else { return nil }
        for index in first..<fields.count where fields[index].name == name {
            guard let parameters = span.digestParameters(fields[index].value.range) else { continue }
            let found = try Credentials(span, parameters)
            if let realm, !span.equalsExactly(found.realm.range, realm) { continue }
            return found
        }
        return nil
    }
}

extension Span<UInt8> {
    /// What stands behind the scheme `Digest`; `nil` for any other scheme.
    func digestParameters(_ range: Range<Int>) -> Range<Int>? {
        let schemeEnd = range.lowerBound + 6
        guard schemeEnd < range.upperBound, word(range.lowerBound..<schemeEnd) == 0x7473_6567_6964,
            isLinearSpace(self[schemeEnd])
        else { return nil }
        return schemeEnd + 1..<range.upperBound
    }

    /// RFC 7616 §3.4 `nc`: eight hexadecimal digits.
    fileprivate func nonceCount(_ range: Range<Int>) -> UInt32? {
        guard range.count == 8 else { return nil }
        var value: UInt32 = 0
        for offset in range {
            guard let digit = Hex.value(self[offset]) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
