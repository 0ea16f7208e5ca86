// SPDX-License-Identifier: Apache-2.0

/// The first line of a message as positions (RFC 3261 §7.1, §7.2).
struct StartLine {
    enum Kind {
        case request(method: Range<Int>, uri: Range<Int>)
        case response(status: Int, reason: Range<Int>)
        /// Nothing that could be answered.
        case unreadable
    }

    /// What could be read, also where there is a ``problem``.
    var kind = Kind.unreadable
    var problem: ParseError?
    /// Where the header fields start: after the CRLF, or `nil` when there is none.
    var end: Int?

    init(_ bytes: Span<UInt8>) {
        let lineEnd = bytes.firstControl(from: 0)
        // What is too long is read all the same, to be answered: RFC 3261 §21.4.12.
        defer {
            if lineEnd + 2 > Limits.startLineBytes {
                problem = ParseError(.tooLarge(.startLine, limit: Limits.startLineBytes), at: Limits.startLineBytes)
            }
        }
        guard bytes.hasLineEnd(at: lineEnd) else {
            let isCutOff = lineEnd >= bytes.count || lineEnd + 1 >= bytes.count
            problem = ParseError(isCutOff ? .unfinishedHeader : .malformed(.startLine), at: lineEnd)
            return
        }
        end = lineEnd + 2
        if bytes.isVersion(at: 0, to: lineEnd), bytes.has(space, at: 7, before: lineEnd) {
            readStatus(bytes, lineEnd)
        } else {
            readRequest(bytes, lineEnd)
        }
    }

    private mutating func readStatus(_ bytes: Span<UInt8>, _ end: Int) {
        let codeEnd = bytes.skip(.digit, from: 8, to: end)
        guard codeEnd == 11, let code = bytes.number(8..<11, maximum: 699), code >= 100,
            codeEnd == end || bytes[codeEnd] == space
        else {
            kind = .response(status: 0, reason: end..<end)
            problem = ParseError(.malformed(.status), at: 8)
            return
        }
        // Some phones leave out the space before an empty reason.
        kind = .response(status: Int(code), reason: min(codeEnd + 1, end)..<end)
    }

    private mutating func readRequest(_ bytes: Span<UInt8>, _ end: Int) {
        let methodEnd = bytes.skip(.token, from: 0, to: end)
        guard methodEnd > 0, bytes.has(space, at: methodEnd, before: end) else {
            problem = ParseError(.malformed(.method), at: methodEnd)
            return
        }
        let uriEnd = bytes.skip(.visible, from: methodEnd + 1, to: end)
        kind = .request(method: 0..<methodEnd, uri: methodEnd + 1..<uriEnd)
        guard uriEnd > methodEnd + 1, bytes.has(space, at: uriEnd, before: end) else {
            problem = ParseError(.malformed(.requestURI), at: uriEnd)
            return
        }
        guard bytes.isVersion(at: uriEnd + 1, to: end), uriEnd + 8 == end else {
            let isOther = bytes.isOtherVersion(uriEnd + 1..<end)
            problem = ParseError(isOther ? .unsupportedVersion : .malformed(.startLine), at: uriEnd + 1)
            return
        }
    }
}

private let space = UInt8(ascii: " ")

extension Span<UInt8> {
    /// Whether `SIP/2.0` stands at `offset`, in any case (RFC 3261 §7.1).
    @inline(__always)
    fileprivate func isVersion(at offset: Int, to end: Int) -> Bool {
        offset + 7 <= end && word(offset..<offset + 7) == 0x30_2E32_2F70_6973
    }

    /// Whether a range reads as a protocol's name, a slash and two numbers: then it is our version that is wrong, and
    /// not their line.
    fileprivate func isOtherVersion(_ range: Range<Int>) -> Bool {
        let end = range.upperBound
        let slash = skip(.scheme, from: range.lowerBound, to: end)
        guard slash > range.lowerBound, has(UInt8(ascii: "/"), at: slash, before: end) else { return false }
        let dot = skip(.digit, from: slash + 1, to: end)
        guard dot > slash + 1, has(UInt8(ascii: "."), at: dot, before: end) else { return false }
        let last = skip(.digit, from: dot + 1, to: end)
        return last > dot + 1 && last == end
    }
}
