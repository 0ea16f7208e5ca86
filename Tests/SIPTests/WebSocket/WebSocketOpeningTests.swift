// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SIP

@Suite("RFC 6455 §4.2 the opening handshake")
struct WebSocketOpeningTests {
    /// The request of RFC 7118 §8.1, with its line ends.
    static let fields = [
        "Host: sip-ws.example.com", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Origin: http://www.example.com",
        "Sec-WebSocket-Protocol: sip", "Sec-WebSocket-Version: 13",
    ]

    static func request(_ line: String = "GET / HTTP/1.1", _ fields: [String] = fields) -> [UInt8] {
        Array(([line] + fields).joined(separator: "\r\n").utf8) + Array("\r\n\r\n".utf8)
    }

    static func refusal(of bytes: [UInt8]) -> WebSocketOpening.Refusal? {
        do {
            _ = try WebSocketOpening.read(bytes.span)
            return nil
        } catch {
            return error
        }
    }

    /// The request with one field in place of those of its name; `nil` leaves them out.
    static func replacing(_ name: String, _ field: String?) -> [UInt8] {
        request("GET / HTTP/1.1", fields.filter { !$0.hasPrefix(name + ":") } + [field].compactMap(\.self))
    }

    @Test func `is answered with the key of RFC 6455 §1.3 and the subprotocol sip`() throws {
        let bytes = Self.request()
        let (opening, length) = try #require(try WebSocketOpening.read(bytes.span))
        #expect(length == bytes.count)
        #expect(opening.origin == "http://www.example.com")
        #expect(
            String(decoding: opening.response, as: UTF8.self) == """
                HTTP/1.1 101 Switching Protocols\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                Sec-WebSocket-Protocol: sip\r
                \r

                """
        )
    }

    @Test func `may come in any pieces, and what follows it is left alone`() throws {
        let bytes = Self.request()
        for count in 0..<bytes.count {
            #expect(try WebSocketOpening.read(bytes.span.extracting(0..<count)) == nil)
        }
        let (_, length) = try #require(try WebSocketOpening.read((bytes + [0x81, 0x80]).span))
        #expect(length == bytes.count)
    }

    @Test func `names and tokens are read in any case and among others`() throws {
        let bytes = Self.request(
            "GET / HTTP/1.1",
            [
                "host:a", "UPGRADE: h2c , WebSocket", "connection: keep-alive, upgrade ",
                "sec-websocket-key:\tdGhlIHNhbXBsZSBub25jZQ==  ", "Sec-WebSocket-Protocol: xmpp",
                "Sec-WebSocket-Protocol: chat, SIP", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Extensions: permessage-deflate",
            ]
        )
        let (opening, _) = try #require(try WebSocketOpening.read(bytes.span))
        #expect(opening.origin == nil)
    }

    @Test(arguments: [
        "POST / HTTP/1.1", "GET /ws HTTP/1.1", "GET / HTTP/1.0", "GET /../etc/passwd HTTP/1.1", "GET  / HTTP/1.1",
        "OPTIONS * HTTP/1.1", "REGISTER sip:pbx.test SIP/2.0", "get / HTTP/1.1",
    ])
    func `anything else that can be asked for is not found`(line: String) {
        #expect(Self.refusal(of: Self.request(line)) == .notFound)
    }

    @Test(arguments: ["Upgrade", "Connection"])
    func `a request that is no upgrade is not found`(name: String) {
        #expect(Self.refusal(of: Self.replacing(name, nil)) == .notFound)
    }

    @Test(arguments: ["Host", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol"])
    func `a field that is missing makes a bad request`(name: String) {
        #expect(Self.refusal(of: Self.replacing(name, nil)) == .badRequest)
    }

    @Test(arguments: [
        "Sec-WebSocket-Protocol: msrp", "Sec-WebSocket-Protocol: sipp, xsip", "Sec-WebSocket-Key: short",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==, x", "Sec-WebSocket-Key: ************************",
    ])
    func `no subprotocol sip, and a key that is none, make a bad request`(field: String) {
        let name = String(field.prefix { $0 != ":" })
        #expect(Self.refusal(of: Self.replacing(name, field)) == .badRequest)
    }

    @Test(arguments: ["12", "8", "13, 8", "0013"])
    func `another version is told which one there is`(version: String) {
        let refusal = Self.refusal(of: Self.replacing("Sec-WebSocket-Version", "Sec-WebSocket-Version: \(version)"))
        #expect(refusal == .upgradeRequired)
        #expect(
            refusal.map { String(decoding: $0.response, as: UTF8.self).contains("Sec-WebSocket-Version: 13\r\n") }
                == true
        )
    }

    @Test(arguments: [
        "Host: second", "Origin: http://other.example", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13", "Content-Length: 5", "Transfer-Encoding: chunked", " folded: line", "Name : value",
        "no colon", ": no name", "X-Control: a\u{1}b", "X-Bare: a\nb",
    ])
    func `a second word on what is said once, a body, and lines that two readers read differently are refused`(
        field: String
    ) {
        #expect(Self.refusal(of: Self.request("GET / HTTP/1.1", Self.fields + [field])) == .badRequest)
    }

    @Test func `bytes without an end are refused at the limit`() {
        let endless = Array("GET / HTTP/1.1\r\nX: ".utf8) + [UInt8](repeating: 0x61, count: Limits.openingBytes)
        #expect(Self.refusal(of: Array(endless.prefix(Limits.openingBytes - 1))) == nil)
        #expect(Self.refusal(of: Array(endless.prefix(Limits.openingBytes))) == .badRequest)
        #expect(Self.refusal(of: [0x0A]) == .badRequest)
        #expect(Self.refusal(of: Array("garbage\r\n\r\n".utf8)) == .badRequest)
    }

    @Test(arguments: [WebSocketOpening.Refusal.badRequest, .forbidden, .notFound, .upgradeRequired])
    func `a refusal says its number and nothing about who says it`(refusal: WebSocketOpening.Refusal) {
        let text = String(decoding: refusal.response, as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 \(refusal.rawValue) "))
        #expect(text.hasSuffix("Content-Length: 0\r\nConnection: close\r\n\r\n"))
        #expect(!text.contains("Server:"))
    }
}
