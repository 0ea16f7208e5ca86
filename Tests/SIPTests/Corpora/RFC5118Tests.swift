// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP
import TestKit
import Testing

@Suite("RFC 5118: IPv6 torture messages")
struct RFC5118Tests {
    typealias Check = @Sendable (Message) throws -> Void

    /// `nil`: refused with 400. Files ending in `-fixed` repair what the archive got wrong; the others have to fail.
    static let verdicts: [String: Check?] = [
        "ipv6-good": { try expectTarget($0, host: "2001:db8::10", port: nil) },
        "ipv6-bad": nil,
        "port-ambiguous": { try expectTarget($0, host: "2001:db8::10:5070", port: nil) },
        "port-unambiguous": { try expectTarget($0, host: "2001:db8::10", port: 5_070) },
        "via-received-param-with-delim": { try expectReceived($0, "2001:db8::9:255") },
        "via-received-param-no-delim": { try expectReceived($0, "2001:db8::9:255") },
        "ipv6-in-sdp": nil,
        "ipv6-in-sdp-fixed": { #expect($0.body.count == 251) },
        "mult-ip-in-header": { try expectHops($0, ["2001:db8::9:1", "192.0.2.1", "2001:db8::9:255"]) },
        "mult-ip-in-sdp": { #expect($0.body.count == 181) },
        "mult-ip-in-sdp-fixed": { #expect($0.body.count == 189) },
        "ipv4-mapped-ipv6": { #expect($0.body.count == 236) },
        "ipv4-mapped-ipv6-fixed": { try expectHops($0, ["192.0.2.10", "192.0.2.2"]) },
        "ipv6-bug-abnf-3-colons": nil,
        "ipv6-bug-abnf-3-colons-fixed": nil,
        "ipv6-correct-abnf-2-colons": nil,
        "ipv6-correct-abnf-2-colons-fixed": { try expectTarget($0, host: "2001:db8::c000:201", port: nil) },
    ]

    @Test(arguments: Corpus.files("rfc5118-crlf", withSuffix: ".sip"))
    func `is taken or refused as a strict server does`(path: String) throws {
        let name = String(path.dropFirst("rfc5118-crlf/".count).dropLast(".sip".count))
        let verdict = try #require(Self.verdicts[name], "a new message in the corpus")
        let bytes = try Corpus.read(path)
        guard let check = verdict else { return #expect(problem(in: bytes)?.status == 400) }
        #expect(problem(in: bytes) == nil)
        try check(Message(parsing: bytes.span))
    }

    @Test func `has a file for every row of the table`() {
        for row in Corpus.expectations("rfc5118-crlf") { #expect(Self.verdicts[row.file] != nil, "\(row.file)") }
    }

    private static func expectTarget(_ message: Message, host: String, port: UInt16?) throws {
        let uri = try SIPURI.parse(message, message.requestURI)
        #expect(uri.isIPv6Literal)
        #expect(message.address(uri.host) == IPAddress(parsing: host))
        #expect(uri.port == port)
    }

    private static func expectReceived(_ message: Message, _ address: String) throws {
        let received = try #require(try message.topVia().received)
        #expect(message.address(received) == IPAddress(parsing: address))
    }

    private static func expectHops(_ message: Message, _ addresses: [String]) throws {
        #expect(try message.vias().map { message.address($0.host)?.description } == addresses)
    }
}
