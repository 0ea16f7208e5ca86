// SPDX-License-Identifier: Apache-2.0

import Foundation
import SIP
import Testing

/// Hellos of OpenSSL 3.0, as Python's `ssl` sent them, and ones made by hand.
@Suite("RFC 6066 §3: the name that a TLS client asks for")
struct ClientHelloTests {
    @Test(arguments: [
        ("openssl-tls13-named", ClientHello.named("pbx.example.com")),
        ("openssl-tls12-named", .named("pbx.example.com")), ("openssl-tls13-alpn", .named("acme.example")),
        ("openssl-tls13-unnamed", .unnamed),
    ])
    func `is read from what OpenSSL sends, in lower case`(name: String, expected: ClientHello) throws {
        #expect(look(at: try Hello.fixture(name)) == expected)
    }

    @Test(arguments: ["openssl-tls13-named", "openssl-tls12-named", "openssl-tls13-unnamed"])
    func `is known when the last byte has come, and not before`(name: String) throws {
        let bytes = try Hello.fixture(name)
        for count in 0..<bytes.count {
            #expect(look(at: bytes[..<count]) == .incomplete, "after \(count) bytes")
        }
        #expect(look(at: bytes) != .incomplete)
    }

    @Test(arguments: [1, 2, 3, 100])
    func `is found in a hello that is cut into records of any size`(size: Int) {
        let bytes = Hello(names: ["acme.example"]).records(of: size)
        #expect(look(at: bytes) == .named("acme.example"))
        #expect(look(at: bytes.dropLast()) == .incomplete)
    }

    @Test func `may be missing, with other extensions or none`() {
        #expect(look(at: Hello(names: nil).bytes) == .unnamed)
        #expect(look(at: Hello(names: nil, hasExtensions: false).bytes) == .unnamed)
    }

    @Test(arguments: [
        "REGISTER sip:pbx.example SIP/2.0\r\n", "GET / HTTP/1.1\r\n", "\r\n\r\n", "\u{16}\u{2}\u{1}",
        "\u{80}\u{2E}\u{1}",
    ])
    func `is not looked for in what is no TLS`(text: String) {
        #expect(look(at: Array(text.utf8)) == .refused(.notTLS))
    }

    @Test func `is not looked for in another message than a hello`() {
        // A ServerHello (2), an alert (record 21) and data (23).
        #expect(look(at: [22, 3, 1, 0, 4, 2, 0, 0, 0]) == .refused(.notTLS))
        #expect(look(at: [21, 3, 1, 0, 2, 1, 0]) == .refused(.notTLS))
        #expect(look(at: [23, 3, 3, 0, 1, 0]) == .refused(.notTLS))
    }

    @Test(arguments: [
        "", ".", "a..b", ".a", "a.", "a b", "a\u{0}.example", "acme.example\u{0}", "ä.example", "a/b", "[::1]",
        "a:5061",
        String(repeating: "a", count: 64), String(repeating: "a.", count: 127) + "a",
        String(repeating: "a", count: 300),
    ])
    func `that is no host name is refused`(name: String) {
        #expect(look(at: Hello(names: [name]).bytes) == .refused(.malformed))
    }

    @Test func `may be as long as a host name can be`() {
        let label = String(repeating: "a", count: 63)
        let longest = [label, label, label, String(repeating: "b", count: 61)].joined(separator: ".")
        #expect(longest.utf8.count == 253)
        #expect(look(at: Hello(names: [longest]).bytes) == .named(longest))
        #expect(look(at: Hello(names: ["1." + longest]).bytes) == .refused(.malformed))
    }

    @Test func `stands there once`() {
        #expect(look(at: Hello(names: ["a", "b"]).bytes) == .refused(.malformed))
        #expect(look(at: Hello(names: []).bytes) == .refused(.malformed))
        let twice = Hello.serverName(["a"]) + Hello.serverName(["b"])
        #expect(look(at: Hello(extensions: twice).bytes) == .refused(.malformed))
    }

    @Test func `is not looked for beyond a limit, however the length is made`() {
        let padding = Hello.fields(21, [UInt8](repeating: 0, count: 9_000))
        #expect(look(at: Hello(extensions: padding).bytes[..<9]) == .refused(.tooLong))
        // Records of one byte make a short hello long.
        let inflated = Hello(extensions: Hello.fields(21, [UInt8](repeating: 0, count: 2_000))).records(of: 1)
        #expect(look(at: inflated[..<8_191]) == .incomplete)
        #expect(look(at: inflated) == .refused(.tooLong))
    }

    @Test func `is not looked for where a length does not fit`() {
        #expect(look(at: [22, 3, 1, 0, 0]) == .refused(.malformed))
        #expect(look(at: [22, 3, 1, 0x40, 1]) == .refused(.malformed))
        var whole = Hello(names: ["acme.example"]).bytes
        // The session identifier claims to be longer than the message.
        whole[43] = 255
        #expect(look(at: whole) == .refused(.malformed))
        #expect(look(at: [22, 3, 1, 0, 4, 1, 0, 0, 0]) == .refused(.malformed))
    }
}

/// What is seen in these bytes.
private func look(at bytes: some Collection<UInt8>) -> ClientHello { ClientHello.look(at: Array(bytes).span) }

/// A ClientHello as a test wants it.
struct Hello {
    private let message: [UInt8]

    /// - Parameter names: `nil` for no server_name at all.
    init(names: [String]?, hasExtensions: Bool = true) {
        let versions = Self.fields(43, [2, 3, 4])
        self.init(extensions: hasExtensions ? versions + (names.map(Self.serverName) ?? []) : nil)
    }

    init(extensions: [UInt8]?) {
        var body: [UInt8] = [3, 3] + [UInt8](repeating: 7, count: 32) + [0] + Self.vector([0x13, 0x01]) + [1, 0]
        if let extensions { body += Self.vector(extensions) }
        message = [1, 0, UInt8(body.count >> 8), UInt8(body.count & 255)] + body
    }

    /// In one record.
    var bytes: [UInt8] { records(of: 1 << 14) }

    func records(of size: Int) -> [UInt8] {
        stride(from: 0, to: message.count, by: size).flatMap { start in
            [22, 3, 1] + Self.vector(Array(message[start..<min(start + size, message.count)]))
        }
    }

    static func serverName(_ names: [String]) -> [UInt8] {
        fields(0, vector(names.flatMap { [0] + vector(Array($0.utf8)) }))
    }

    static func fields(_ type: UInt8, _ content: [UInt8]) -> [UInt8] { [0, type] + vector(content) }

    private static func vector(_ content: [UInt8]) -> [UInt8] {
        [UInt8(content.count >> 8), UInt8(content.count & 255)] + content
    }

    static func fixture(_ name: String) throws -> [UInt8] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return Array(try Data(contentsOf: tests.appending(path: "Fixtures/client-hello/\(name).bin")))
    }
}
