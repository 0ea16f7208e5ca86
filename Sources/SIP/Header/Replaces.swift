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

extension Span<UInt8> {
    fileprivate func copy(_ range: Range<Int>) -> [UInt8] {
        unsafe extracting(range).withUnsafeBufferPointer { unsafe Array($0) }
    }
}
