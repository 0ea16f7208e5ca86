// SPDX-License-Identifier: Apache-2.0

import CCrypto
import Primitives

/// The request that turns a connection into a WebSocket for SIP (RFC 6455 §4.2.1, RFC 7118 §4), read whole.
///
/// One request, one path, no body: whatever else HTTP can do is no business of a phone system's, and is refused.
public struct WebSocketOpening: Hashable, Sendable {
    /// Which page the client's script came from (RFC 6454 §7); `nil` for a client that is no browser.
    public let origin: String?
    /// The value of `Sec-WebSocket-Accept`, which shows that we understood.
    public let accept: String

    /// Why no WebSocket is opened.
    public enum Refusal: Int, Error, Hashable, Sendable {
        /// Not a request of HTTP, or one whose fields contradict each other, or no WebSocket for SIP (RFC 7118 §4.1).
        case badRequest = 400
        /// Asked for by a page that may not. Said by whoever knows which may.
        case forbidden = 403
        /// Anything else that HTTP can ask for.
        case notFound = 404
        /// Another version of the protocol than 13 (RFC 6455 §4.2.2).
        case upgradeRequired = 426

        private var phrase: String {
            switch self {
            case .badRequest: "Bad Request"
            case .forbidden: "Forbidden"
            case .notFound: "Not Found"
            case .upgradeRequired: "Upgrade Required"
            }
        }

        /// The whole answer, the same for everybody. It does not say who gives it.
        public var response: [UInt8] {
            let version = self == .upgradeRequired ? "Sec-WebSocket-Version: 13\r\n" : ""
            return Array(
                "HTTP/1.1 \(rawValue) \(phrase)\r\n\(version)Content-Length: 0\r\nConnection: close\r\n\r\n".utf8
            )
        }
    }

    /// Reads a request.
    ///
    /// - Parameter bytes: All that came so far.
    /// - Returns: The request and its length; `nil` while its end has not come.
    public static func read(_ bytes: Span<UInt8>) throws(Refusal) -> (opening: WebSocketOpening, length: Int)? {
        guard let end = try headEnd(bytes) else { return nil }
        var fields = OpeningFields()
        var offset = try requestLineEnd(bytes, before: end)
        while offset + 2 < end { try fields.take(bytes, lineAt: &offset) }
        return (try fields.opening(), end)
    }

    /// The answer that opens the WebSocket (RFC 6455 §4.2.2, RFC 7118 §4.2).
    public var response: [UInt8] {
        let fields = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n"
        return Array("HTTP/1.1 101 Switching Protocols\r\n\(fields)Sec-WebSocket-Protocol: sip\r\n\r\n".utf8)
    }

    /// The end of the blank line, or `nil` while it has not come.
    private static func headEnd(_ bytes: Span<UInt8>) throws(Refusal) -> Int? {
        let limit = min(bytes.count, Limits.openingBytes)
        var offset = 0
        while let found = bytes.find(UInt8(ascii: "\n"), from: offset, to: limit) {
            guard found > 0, bytes.hasLineEnd(at: found - 1) else { throw .badRequest }
            if found >= 3, bytes.hasLineEnd(at: found - 3) { return found + 1 }
            offset = found + 1
        }
        guard bytes.count < Limits.openingBytes else { throw .badRequest }
        return nil
    }

    /// The offset behind `GET / HTTP/1.1`. Which method, which path and which version it is otherwise makes no difference.
    private static func requestLineEnd(_ bytes: Span<UInt8>, before end: Int) throws(Refusal) -> Int {
        let line = bytes.find(UInt8(ascii: "\r"), from: 0, to: end) ?? end
        guard bytes.equalsExactly(0..<line, "GET / HTTP/1.1") else {
            throw bytes.find(UInt8(ascii: " "), from: 0, to: line) == nil ? .badRequest : .notFound
        }
        return line + 2
    }
}

/// What the fields of a request say, gathered line by line.
private struct OpeningFields {
    private var hasHost = false
    private var upgrades = false
    private var connects = false
    private var isForSIP = false
    private var version: Bool?
    private var key: String?
    private var origin: String?
    private var hasBody = false

    /// Takes the line at `offset` and moves behind it.
    mutating func take(_ bytes: Span<UInt8>, lineAt offset: inout Int) throws(WebSocketOpening.Refusal) {
        let end = bytes.firstControl(from: offset)
        // A control character, a folded line, a name with a space before its colon and a line without one are tools of smugglers (RFC 9112 §5).
        let nameEnd = bytes.skip(.token, from: offset, to: end)
        guard nameEnd > offset, bytes.has(UInt8(ascii: ":"), at: nameEnd, before: end), bytes.hasLineEnd(at: end) else {
            throw .badRequest
        }
        let name = offset..<nameEnd
        let start = bytes.skipBlanks(from: nameEnd + 1, to: end)
        try take(bytes, name, start..<bytes.blanksTrimmed(from: start, to: end))
        offset = end + 2
    }

    private mutating func take(
        _ bytes: Span<UInt8>,
        _ name: Range<Int>,
        _ value: Range<Int>
    ) throws(WebSocketOpening.Refusal) {
        if bytes.equals(name, "host".utf8) {
            guard !hasHost else { throw .badRequest }
            hasHost = true
        } else if bytes.equals(name, "upgrade".utf8) {
            upgrades = upgrades || bytes.lists(value, "websocket")
        } else if bytes.equals(name, "connection".utf8) {
            connects = connects || bytes.lists(value, "upgrade")
        } else if bytes.equals(name, "sec-websocket-protocol".utf8) {
            isForSIP = isForSIP || bytes.lists(value, "sip")
        } else if bytes.equals(name, "sec-websocket-version".utf8) {
            guard version == nil else { throw .badRequest }
            version = bytes.equalsExactly(value, "13")
        } else if bytes.equals(name, "sec-websocket-key".utf8) {
            guard key == nil else { throw .badRequest }
            key = bytes.text(value)
        } else if bytes.equals(name, "origin".utf8) {
            guard origin == nil else { throw .badRequest }
            origin = bytes.text(value)
        } else if bytes.equals(name, "content-length".utf8) || bytes.equals(name, "transfer-encoding".utf8) {
            hasBody = true
        }
    }

    /// The request, if it is one for a WebSocket that we can open.
    func opening() throws(WebSocketOpening.Refusal) -> WebSocketOpening {
        guard upgrades, connects else { throw .notFound }
        guard hasHost, !hasBody, let version else { throw .badRequest }
        guard version else { throw .upgradeRequired }
        // 16 random bytes in base 64 (§4.1, item 7).
        guard let key, key.utf8.count == 24, Base64.decode(key.utf8)?.count == 16, isForSIP else { throw .badRequest }
        return WebSocketOpening(origin: origin, accept: Self.accept(key))
    }

    /// §4.2.2, item 5.4: SHA-1 of the key and a fixed text. It keeps caches away and is no security.
    private static func accept(_ key: String) -> String {
        let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        var digest = [UInt8](repeating: 0, count: 20)
        unsafe ringfence_sha1(text, text.count, &digest)
        return Base64.encode(digest)
    }
}

extension Span<UInt8> {
    fileprivate func skipBlanks(from start: Int, to end: Int) -> Int {
        var offset = start
        while offset < end, isBlank(self[offset]) { offset += 1 }
        return offset
    }

    fileprivate func blanksTrimmed(from start: Int, to end: Int) -> Int {
        var offset = end
        while offset > start, isBlank(self[offset - 1]) { offset -= 1 }
        return offset
    }

    /// Whether a comma-separated list holds a token, in any case of letters (RFC 9110 §5.6.1).
    fileprivate func lists(_ range: Range<Int>, _ token: String) -> Bool {
        var start = range.lowerBound
        while start < range.upperBound {
            let comma = find(UInt8(ascii: ","), from: start, to: range.upperBound) ?? range.upperBound
            let first = skipBlanks(from: start, to: comma)
            if equals(first..<blanksTrimmed(from: first, to: comma), token.utf8) { return true }
            start = comma + 1
        }
        return false
    }
}
