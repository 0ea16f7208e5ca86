// SPDX-License-Identifier: Apache-2.0

/// Cuts what a TCP or TLS connection delivers into messages.
///
/// It remembers how far it has looked: every byte of a header is looked at once for its end and once for its
/// Content-Length, in however many pieces it arrives. It keeps no bytes; the caller's buffer does.
///
/// ```swift
/// while true {
///     switch try framer.next(buffer.span) {
///     case .needMore: return
///     case .keepAlive(let length): write("\r\n"); buffer.removeFirst(length)
///     case .blank(let length): buffer.removeFirst(length)
///     case .message(let length): receive(buffer[..<length]); buffer.removeFirst(length)
///     }
/// }
/// ```
///
/// Source: RFC 3261 §7.5, §18.3, §20.14; keep-alives: RFC 5626 §4.4.1.
public struct StreamFramer: Sendable {
    public enum Frame: Hashable, Sendable {
        case needMore
        /// CRLFCRLF: answer CRLF.
        case keepAlive(length: Int)
        /// A CRLF that stands for nothing: skip it.
        case blank(length: Int)
        case message(length: Int)
    }

    /// Nothing before this offset ends the header.
    private var scanned = 0
    /// The whole message, once its header is complete.
    private var length: Int?

    public init() {}

    /// The next frame, whose first byte is the first that is buffered.
    ///
    /// - Parameter buffered: Everything received and not yet dropped. After a frame, the caller drops its bytes.
    /// - Throws: `.missing(.contentLength)`, or what is wrong with it, `.tooLarge`, or `.forbiddenControl` for a line that
    ///   ends without CR (§7). The stream has no more frames:
    ///   what is buffered can be parsed to answer, and the connection is closed.
    public mutating func next(_ buffered: Span<UInt8>) throws(ParseError) -> Frame {
        if length == nil {
            if let blank = Self.blank(buffered) { return blank }
            guard let headerEnd = try findHeaderEnd(buffered) else { return .needMore }
            length = try Self.messageLength(buffered, headerEnd: headerEnd)
        }
        guard let length, length <= buffered.count else { return .needMore }
        self = StreamFramer()
        return .message(length: length)
    }

    /// What a frame that starts with a line end is; `nil` for the start of a message.
    private static func blank(_ buffered: Span<UInt8>) -> Frame? {
        let end = buffered.count
        guard buffered.has(UInt8(ascii: "\r"), at: 0, before: end) else { return end == 0 ? .needMore : nil }
        guard end > 1 else { return .needMore }
        guard buffered.hasLineEnd(at: 0) else { return nil }
        // One CRLF may be half of a ping: only what follows tells.
        if end == 2 || (end == 3 && buffered[2] == UInt8(ascii: "\r")) { return .needMore }
        return buffered.hasLineEnd(at: 2) ? .keepAlive(length: 4) : .blank(length: 2)
    }

    private mutating func findHeaderEnd(_ buffered: Span<UInt8>) throws(ParseError) -> Int? {
        var offset = scanned
        while offset + 3 < buffered.count, offset < Limits.messageBytes {
            offset = buffered.firstControl(from: offset)
            try Self.refuseBareLineFeed(buffered, at: offset)
            if buffered.hasLineEnd(at: offset), buffered.hasLineEnd(at: offset + 2) { return offset + 4 }
            // The last bytes may be the start of the blank line.
            guard offset + 3 < buffered.count else { break }
            offset += 1
        }
        scanned = min(offset, max(buffered.count - 3, 0))
        for place in scanned..<buffered.count { try Self.refuseBareLineFeed(buffered, at: place) }
        guard buffered.count <= Limits.messageBytes else {
            throw ParseError(.tooLarge(.message, limit: Limits.messageBytes), at: Limits.messageBytes)
        }
        return nil
    }

    /// A line feed that is no part of a CRLF: nothing that follows could make it a message, so nobody waits for that.
    @inline(__always)
    private static func refuseBareLineFeed(_ buffered: Span<UInt8>, at offset: Int) throws(ParseError) {
        guard offset < buffered.count, buffered[offset] == UInt8(ascii: "\n") else { return }
        guard offset > 0, buffered[offset - 1] == UInt8(ascii: "\r") else {
            throw ParseError(.forbiddenControl, at: offset)
        }
    }

    private static func messageLength(_ buffered: Span<UInt8>, headerEnd: Int) throws(ParseError) -> Int {
        var length = ContentLength()
        var lineEnd = buffered.firstControl(from: 0)
        while !buffered.hasLineEnd(at: lineEnd) { lineEnd = buffered.firstControl(from: lineEnd + 1) }
        var scanner = FieldScanner(offset: lineEnd + 2)
        scan: while scanner.offset < headerEnd {
            switch scanner.next(buffered) {
            case .field(let field) where field.name == .contentLength:
                if let problem = length.take(buffered, field.value.range) { throw problem }
            case .field, .damaged: continue
            case .end, .unfinished: break scan
            }
        }
        guard let body = length.value else { throw ParseError(.missing(.contentLength), at: headerEnd) }
        guard headerEnd + body <= Limits.messageBytes else {
            throw ParseError(.tooLarge(.message, limit: Limits.messageBytes), at: headerEnd)
        }
        return headerEnd + body
    }
}
