// SPDX-License-Identifier: Apache-2.0

import SIP
import Testing

@Suite("Messages as they are shown to whoever looks for a fault")
struct MaskingTests {
    private static func masked(_ text: String) throws -> String {
        let bytes = Array(text.replacing("\n", with: "\r\n").utf8)
        let shown = try Message(parsing: bytes.span).masked()
        #expect(shown.count == bytes.count)
        return String(decoding: shown, as: UTF8.self).replacing("\r\n", with: "\n")
    }

    private static func message(_ fields: String, type: String = "", _ body: String = "") -> String {
        let start =
            "INVITE sip:102@office.example SIP/2.0\nVia: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bKa\nCall-ID: x\nCSeq: 1 INVITE\n"
        let length = body.replacing("\n", with: "\r\n").utf8.count
        let content = type.isEmpty ? "" : "Content-Type: \(type)\n"
        return
            "\(start)From: <sip:101@office.example>;tag=1\nTo: <sip:102@office.example>\n\(fields)\(content)Content-Length: \(length)\n\n\(body)"
    }

    @Test func `an answer to a challenge is covered, and who gave it is not`() throws {
        let text = try Self.masked(
            Self.message(
                "Authorization: Digest username=\"phone-1\", realm=\"office\", response=\"8a6b1c\", uri=\"sip:x\",\n cnonce=\"secret1\", qop=auth, nc=00000001\n"
            )
        )
        #expect(!text.contains("8a6b1c") && !text.contains("secret1"))
        #expect(text.contains("username=\"phone-1\", realm=\"office\", response=\"******\", uri=\"sip:x\""))
        #expect(text.contains("qop=auth, nc=00000001\n"))
    }

    @Test(arguments: [
        "Authorization: Basic hunter2\n", "Proxy-Authorization: Digest response=hunter2\n",
        "authorization : Bearer hunter2\n",
        "Authorization: Digest username=\"a\", hunter2=\n", "Authorization: Digest response=\"hunter2\n",
        "X-Auth-Token: hunter2\n",
        "Authentication-Info: rspauth=\"hunter2\"\n", "Subject: hunter2\n", "X-Api-Key: a,\n hunter2\n",
        "Contact: <sip:101:hunter2@192.0.2.7>\n", "Call-Info: <https://user:hunter2@example.org/x>\n",
        "Refer-To: <sip:102@office.example?Authorization=hunter2>\n", "Contact: sip:a:hunter2@h,sip:b@h\n",
        "Contact: \"a\" <SIPS:101;x=y:hunter2@192.0.2.7>\n",
        "Contact: <sip:101@192.0.2.7;pn-provider=x;PN-PRID=hunter2;a=b>\n",
    ])
    func `a secret in a header field is covered`(field: String) throws {
        let text = try Self.masked(Self.message(field))
        #expect(!text.contains("hunter2") && text.contains("101@office.example"))
    }

    @Test func `keys of audio are covered, and what was offered is not`() throws {
        let session = """
            v=0
            k=base64:hunter2
            a=ice-pwd:hunter2
            m=audio 4000 RTP/SAVP 0
            a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:hunter2|2^31
            a=rtpmap:0 PCMU/8000

            """
        let text = try Self.masked(Self.message("", type: "application/sdp", session))
        #expect(!text.contains("hunter2") && text.contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:*******"))
        #expect(text.contains("a=rtpmap:0 PCMU/8000"))
        let parts =
            "--b\nContent-Type: application/sdp\n\n\(session)\n--b\nContent-Type: text/plain\n\nhunter2\n--b--\n"
        let mixed = try Self.masked(Self.message("", type: "multipart/mixed;boundary=b", parts))
        #expect(!mixed.contains("hunter2") && mixed.contains("m=audio 4000 RTP/SAVP 0"))
    }

    @Test(arguments: ["text/plain", "application/dtmf-relay", "application/pidf+xml", "multipart/mixed;boundary=z"])
    func `what people write and press is covered`(type: String) throws {
        #expect(try Self.masked(Self.message("", type: type, "Signal=7\n")).hasSuffix("********\n"))
    }

    @Test func `how a lamp burns is shown`() throws {
        let body = "<dialog-info state=\"full\"/>\n"
        #expect(try Self.masked(Self.message("", type: "application/dialog-info+xml", body)).hasSuffix(body))
    }

    @Test func `of how a transfer goes the first line is shown`() throws {
        let body = "SIP/2.0 200 OK\nAuthorization: hunter2\n"
        let text = try Self.masked(Self.message("", type: "message/sipfrag;version=2.0", body))
        #expect(text.contains("\nSIP/2.0 200 OK\n*") && !text.contains("hunter2"))
    }

    @Test func `what takes another call's place is shown`() throws {
        let field = "Refer-To: <sip:102@office.example?Replaces=abc%3Bto-tag%3D1>\n"
        #expect(try Self.masked(Self.message(field)).contains(field))
    }
}
