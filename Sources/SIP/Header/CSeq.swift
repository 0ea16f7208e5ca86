// SPDX-License-Identifier: Apache-2.0

/// The place of a request in its dialog (RFC 3261 §20.16).
public struct CSeq: Hashable, Sendable {
    /// 0…2³¹-1 (RFC 3261 §8.1.1.5).
    public let number: UInt32
    public let method: Method

    public init(number: UInt32, method: Method) {
        (self.number, self.method) = (number, method)
    }
}

extension Message {
    /// - Throws: `.malformed(.cseq)`, also for a number of 2³¹ or more.
    public func cseq() throws(ParseError) -> CSeq {
        if let core { return core.cseq }
        guard let range = first(.cseq)?.range else { throw ParseError(.missing(.cseq), at: bytes.count) }
        let span = bytes.span
        let (number, end) = try span.leadingNumber(range, part: .cseq)
        let methodStart = span.skipSpace(from: end, to: range.upperBound)
        let methodEnd = span.skip(.token, from: methodStart, to: range.upperBound)
        guard methodStart > end, methodEnd > methodStart, methodEnd == range.upperBound else {
            throw ParseError(.malformed(.cseq), at: methodStart)
        }
        return CSeq(number: number, method: Method(span, methodStart..<methodEnd))
    }

    /// The RSeq and CSeq that a PRACK acknowledges (RFC 3262 §7.2); `nil` when there is no RAck.
    public func rack() throws(ParseError) -> (rseq: UInt32, cseq: CSeq)? {
        guard let range = first(.rack)?.range else { return nil }
        let span = bytes.span
        let (rseq, firstEnd) = try span.leadingNumber(range, part: .number)
        let second = span.skipSpace(from: firstEnd, to: range.upperBound)
        let (number, secondEnd) = try span.leadingNumber(second..<range.upperBound, part: .number)
        let methodStart = span.skipSpace(from: secondEnd, to: range.upperBound)
        let methodEnd = span.skip(.token, from: methodStart, to: range.upperBound)
        guard methodStart > secondEnd, methodEnd > methodStart, methodEnd == range.upperBound else {
            throw ParseError(.malformed(.number), at: methodStart)
        }
        return (rseq, CSeq(number: number, method: Method(span, methodStart..<methodEnd)))
    }
}

extension Span<UInt8> {
    /// The number of less than 2³¹ that a range starts with, and where it ends.
    @inline(__always)
    fileprivate func leadingNumber(
        _ range: Range<Int>,
        part: ParseError.Part
    ) throws(ParseError) -> (UInt32, end: Int) {
        let end = skip(.digit, from: range.lowerBound, to: range.upperBound)
        guard let number = number(range.lowerBound..<end, maximum: UInt32(Int32.max)) else {
            throw ParseError(.malformed(part), at: range.lowerBound)
        }
        return (number, end)
    }
}
