// SPDX-License-Identifier: Apache-2.0

/// Why a body holds nothing that is asked for (RFC 3261 §8.2.3): the response is a 415.
public enum UnreadableBody: Error, Hashable, Sendable {
    /// Of another type, or of several parts among which there is none of it. The response says `Accept`.
    case otherType
    /// Packed. The response says `Accept-Encoding`.
    case encoded
}

extension Message {
    /// Where the content of a type stands in the body: all of it, or one part of several (RFC 5621 §3.1). Of parts that say the
    /// same in different ways the last one counts, which is the best (RFC 2046 §5.1.4), of others the first. The others are
    /// left out, whatever they are: where a phone is and what another network says of a call are not for the phone that is called.
    ///
    /// What is signed or encrypted as a whole is not looked into, and no part is that has parts itself.
    ///
    /// - Parameter type: Such as `application/sdp`.
    /// - Returns: `nil` without a body.
    public func content(ofType type: String) throws(UnreadableBody) -> ByteRange? {
        guard !body.isEmpty else { return nil }
        guard isPlain else { throw .encoded }
        if hasBody(type) { return body }
        let isAlternative = hasBody("multipart/alternative")
        guard isAlternative || hasBody("multipart/mixed") || hasBody("multipart/related"),
            let boundary = parameter(named: "boundary", of: .contentType),
            (1...Limits.boundaryBytes).contains(boundary.count)
        else { throw .otherType }
        var found: ByteRange?
        var parts = PartReader(bytes.span, body.range, boundary: Array(bytes(boundary)))
        while let part = parts.next(bytes.span) {
            guard let content = bytes.span.content(ofType: type, in: part) else { continue }
            found = ByteRange(content)
            if !isAlternative { break }
        }
        guard let found else { throw .otherType }
        return found
    }

    private var isPlain: Bool {
        guard let encoding = first(.contentEncoding) else { return true }
        return holds(encoding, ignoringCase: "identity")
    }
}

/// Cuts a body of several parts (RFC 2046 §5.1.1). The last part may end with the body.
private struct PartReader {
    private let delimiter: [UInt8]
    private let end: Int
    /// Behind the delimiter before the next part; `nil` behind the last one.
    private var offset: Int?
    private var count = 0

    /// What stands before the first delimiter is for readers who know nothing of parts.
    init(_ bytes: Span<UInt8>, _ range: Range<Int>, boundary: [UInt8]) {
        delimiter = Array("--".utf8) + boundary
        end = range.upperBound
        _ = advance(bytes, from: range.lowerBound)
    }

    /// A part with its header, without the line end before the next delimiter.
    mutating func next(_ bytes: Span<UInt8>) -> Range<Int>? {
        guard count < Limits.bodyParts, let start = offset, start < end else { return nil }
        count += 1
        return start..<advance(bytes, from: start)
    }

    /// Goes behind the next line that is a delimiter.
    ///
    /// - Returns: The end of what stands before it.
    private mutating func advance(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var line = start
        while line < end {
            let next = bytes.find(UInt8(ascii: "\n"), from: line, to: end).map { $0 + 1 } ?? end
            if let isLast = isDelimiter(bytes, line..<next) {
                offset = isLast ? nil : next
                return bytes.withoutLineEnd(from: start, to: line)
            }
            line = next
        }
        offset = nil
        return end
    }

    /// Whether a line is a delimiter, and if so, the last one.
    private func isDelimiter(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Bool? {
        let after = line.lowerBound + delimiter.count
        guard after <= line.upperBound, bytes.isExactly(line.lowerBound..<after, delimiter) else { return nil }
        let isLast =
            bytes.has(UInt8(ascii: "-"), at: after, before: end)
            && bytes.has(UInt8(ascii: "-"), at: after + 1, before: end)
        let rest = isLast ? after + 2 : after
        return bytes.skipSpace(from: rest, to: line.upperBound) == line.upperBound ? isLast : nil
    }
}

extension Span<UInt8> {
    fileprivate func isExactly(_ range: Range<Int>, _ text: [UInt8]) -> Bool {
        guard range.count == text.count, range.upperBound <= count else { return false }
        return text.indices.allSatisfy { self[range.lowerBound + $0] == text[$0] }
    }

    fileprivate func withoutLineEnd(from start: Int, to end: Int) -> Int {
        var end = end
        if end > start, self[end - 1] == UInt8(ascii: "\n") { end -= 1 }
        if end > start, self[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return end
    }

    /// The content of one part, if it is of a type and written as it is.
    fileprivate func content(ofType type: String, in part: Range<Int>) -> Range<Int>? {
        var isOfType = false
        var scanner = FieldScanner(offset: part.lowerBound)
        let bytes = extracting(0..<part.upperBound)
        for _ in 0...Limits.fields {
            switch scanner.next(bytes) {
            case .field(let field):
                let value = field.value.range
                if field.name == .contentType { isOfType = bytes.isMediaType(type, value) }
                if field.name == .contentEncoding, !bytes.equals(value, "identity".utf8) { return nil }
                let isTransfer = bytes.equals(field.nameRange, "content-transfer-encoding".utf8)
                if isTransfer, !bytes.isUnchanged(value) { return nil }
            case .end: return isOfType ? scanner.offset..<part.upperBound : nil
            case .damaged, .unfinished: return nil
            }
        }
        return nil
    }

    /// Whether a part with this Content-Transfer-Encoding stands there as it is (RFC 2045 §6.2).
    private func isUnchanged(_ value: Range<Int>) -> Bool {
        ["7bit", "8bit", "binary"].contains { equals(value, $0.utf8) }
    }
}
