// SPDX-License-Identifier: Apache-2.0

import Primitives

/// Names a dialog that a new one takes the place of (RFC 3891 §6.1). The tags are as the receiver of the INVITE sees them:
/// `to-tag` is its own.
public struct Replaces: Hashable, Sendable {
    public let callID: [UInt8]
    public let toTag: [UInt8]
    public let fromTag: [UInt8]
    /// Only a dialog that is not answered yet may be replaced.
    public let isEarlyOnly: Bool

    /// Reads the value of a Replaces field.
    ///
    /// - Throws: `.malformed(.replaces)` without a Call-ID and both tags, or with one of them twice.
    public init(parsing bytes: Span<UInt8>, in range: Range<Int>) throws(ParseError) {
        let end = bytes.find(UInt8(ascii: ";"), from: range.lowerBound, to: range.upperBound) ?? range.upperBound
        let identity = range.lowerBound..<bytes.trimmedEnd(from: range.lowerBound, to: end)
        guard !identity.isEmpty,
            bytes.skip(.visible, from: identity.lowerBound, to: identity.upperBound) == identity.upperBound
        else { throw ParseError(.malformed(.replaces), at: range.lowerBound) }
        var (to, from, early): (Range<Int>?, Range<Int>?, Bool) = (nil, nil, false)
        var reader = ParameterReader(from: end, to: range.upperBound)
        while let parameter = try reader.next(bytes) {
            if bytes.equals(parameter.name, "to-tag".utf8) {
                guard to == nil else { throw ParseError(.malformed(.replaces), at: parameter.range.lowerBound) }
                to = parameter.value
            } else if bytes.equals(parameter.name, "from-tag".utf8) {
                guard from == nil else { throw ParseError(.malformed(.replaces), at: parameter.range.lowerBound) }
                from = parameter.value
            } else if bytes.equals(parameter.name, "early-only".utf8) {
                early = true
            }
        }
        guard let to, let from, !to.isEmpty, !from.isEmpty else {
            throw ParseError(.malformed(.replaces), at: range.lowerBound)
        }
        callID = bytes.copy(identity)
        (toTag, fromTag, isEarlyOnly) = (bytes.copy(to), bytes.copy(from), early)
    }
}

extension Message {
    /// - Throws: `.malformed(.replaces)`.
    public func replaces() throws(ParseError) -> Replaces? {
        guard let range = first(.replaces)?.range else { return nil }
        return try Replaces(parsing: bytes.span, in: range)
    }
}

/// What a URI wants a request made from it to have beside itself (RFC 3261 §19.1.1): the part behind its question mark.
public struct URIHeaders: Sendable {
    /// Name and value of each, with their escapes undone, once. The bytes of a value are a stranger's: none of them may
    /// become a line of its own.
    public private(set) var all: [(name: [UInt8], value: [UInt8])] = []

    /// - Throws: `.malformed(.uri)` for a field without a name or with an escape that is none, `.tooLarge` for more than
    ///   ``Limits/uriHeaders`` of them.
    public init(of uri: SIPURI, in message: Message) throws(ParseError) {
        guard uri.hasHeaders else { return }
        let (bytes, end) = (message.bytes.span, Int(uri.headers.upper))
        var offset = Int(uri.headers.lower)
        while offset < end {
            guard all.count < Limits.uriHeaders else {
                throw ParseError(.tooLarge(.uri, limit: Limits.uriHeaders), at: offset)
            }
            let next = bytes.find(UInt8(ascii: "&"), from: offset, to: end) ?? end
            let equals = bytes.find(UInt8(ascii: "="), from: offset, to: next) ?? next
            guard equals > offset else { throw ParseError(.malformed(.uri), at: offset) }
            let name = try bytes.unescaped(offset..<equals)
            all.append((name, try bytes.unescaped(min(equals + 1, next)..<next)))
            offset = next + 1
        }
    }
}

extension Span<UInt8> {
    func copy(_ range: Range<Int>) -> [UInt8] {
        unsafe extracting(range).withUnsafeBufferPointer { unsafe Array($0) }
    }

    /// `%` and two hexadecimal digits as the byte they mean.
    fileprivate func unescaped(_ range: Range<Int>) throws(ParseError) -> [UInt8] {
        var result: [UInt8] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            var byte = self[offset]
            if byte == UInt8(ascii: "%") {
                guard offset + 2 < range.upperBound, let high = Hex.value(self[offset + 1]),
                    let low = Hex.value(self[offset + 2])
                else { throw ParseError(.malformed(.uri), at: offset) }
                byte = high << 4 | low
                offset += 2
            }
            result.append(byte)
            offset += 1
        }
        return result
    }
}
