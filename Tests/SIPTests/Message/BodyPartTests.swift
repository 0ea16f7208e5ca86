// SPDX-License-Identifier: Apache-2.0

import SIP
import Testing

@Suite("RFC 5621 §3 and RFC 2046 §5.1: a body of several parts")
struct BodyPartTests {
    private static let sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"

    private func content(_ type: String, _ body: String, _ extra: [(String, String)] = []) throws -> String? {
        let message = try Message(
            parsing: request("INVITE sip:1@pbx.example SIP/2.0", [("Content-Type", type)] + extra, body: body).span
        )
        return try message.content(ofType: "application/sdp").map(message.string)
    }

    private func part(_ type: String, _ body: String, _ fields: String = "") -> String {
        "--b\r\nContent-Type: \(type)\r\n\(fields)\r\n\(body)\r\n"
    }

    @Test(arguments: ["application/sdp", "Application / SDP", "application/sdp ;charset=utf-8", "application\t/\tsdp"])
    func `a body that is of the type is found whole`(type: String) throws {
        #expect(try content(type, Self.sdp) == Self.sdp)
    }

    @Test(arguments: ["mixed", "related", "alternative"])
    func `the part is found wherever it stands`(kind: String) throws {
        let (place, isup) = (part("application/pidf+xml", "<x/>"), part("application/ISUP;version=x", "\u{1}\u{2}"))
        let sdp = part("application/sdp", Self.sdp)
        for parts in [[sdp], [place, sdp], [sdp, place], [isup, sdp, place]] {
            let type = "multipart/\(kind);boundary=b"
            #expect(try content(type, "for old readers\r\n" + parts.joined() + "--b--\r\n") == Self.sdp)
            #expect(try content(type, parts.joined() + "--b--  \r\nand after") == Self.sdp)
        }
        #expect(try content("multipart/\(kind) ; boundary=\"b\"", sdp + "--b--") == Self.sdp)
        #expect(try content("multipart/\(kind);boundary=b", String(sdp.dropLast())) == Self.sdp, "no end")
    }

    @Test func `of several the first counts, of alternatives the last`() throws {
        let parts = part("application/sdp", "one") + part("application/sdp", "two") + "--b--\r\n"
        #expect(try content("multipart/mixed;boundary=b", parts) == "one")
        #expect(try content("multipart/alternative;boundary=b", parts) == "two")
    }

    @Test(arguments: [
        ("text/plain", "x"), ("multipart/mixed", "--b\r\n"), ("multipart/mixed;boundary=\"\"", "--\r\n"),
        ("multipart/mixed;boundary=b", "--b\r\n\r\nno type\r\n--b--"),
        ("multipart/mixed;boundary=b", "--b\r\nContent-Type: application/sdp\r\n--b--"),
        ("multipart/mixed;boundary=b", "--bb\r\nContent-Type: application/sdp\r\n\r\nx\r\n--bb--"),
        ("multipart/signed;boundary=b", "--b\r\nContent-Type: application/sdp\r\n\r\nx\r\n--b--"),
        ("multipart/mixed;boundary=b", "--b\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\n--c--\r\n--b--\r\n"),
        (
            "multipart/mixed;boundary=b",
            "--b\r\nContent-Type: application/sdp\r\nContent-Transfer-Encoding: base64\r\n\r\ndj0w\r\n--b--"
        ),
        (
            "multipart/mixed;boundary=b",
            "--b\r\nContent-Type: application/sdp\r\nContent-Encoding: gzip\r\n\r\nx\r\n--b--"
        ),
    ])
    func `where there is none, the type is another`(type: String, body: String) {
        #expect(throws: UnreadableBody.otherType) { try content(type, body) }
    }

    @Test func `more parts than are read hide nothing and cost nothing`() throws {
        let filler = String(repeating: part("text/plain", "x"), count: Limits.bodyParts - 1)
        let sdp = part("application/sdp", Self.sdp)
        #expect(try content("multipart/mixed;boundary=b", filler + sdp + "--b--\r\n") == Self.sdp)
        #expect(throws: UnreadableBody.otherType) {
            try content("multipart/mixed;boundary=b", filler + filler + sdp)
        }
    }

    @Test func `what is packed is said to be, and what is as it is, is read`() throws {
        #expect(throws: UnreadableBody.encoded) { try content("application/sdp", "x", [("Content-Encoding", "gzip")]) }
        #expect(throws: UnreadableBody.encoded) { try content("application/sdp", "x", [("e", "deflate")]) }
        #expect(try content("application/sdp", Self.sdp, [("Content-Encoding", "Identity")]) == Self.sdp)
        #expect(try content("application/sdp", "") == nil)
    }
}
