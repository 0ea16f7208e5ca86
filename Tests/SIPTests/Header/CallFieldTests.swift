// SPDX-License-Identifier: Apache-2.0

import SIP
import Testing

/// A REFER with this Refer-To, parsed.
private func refer(_ value: String) throws -> Message {
    try Message(parsing: request("REFER sip:204@pbx.example SIP/2.0", [("Refer-To", value)]).span)
}

private func message(_ name: String, _ value: String) throws -> Message {
    try Message(parsing: request("INVITE sip:204@pbx.example SIP/2.0", [(name, value)]).span)
}

@Suite("RFC 4028 §4 and §5: Session-Expires and Min-SE")
struct SessionExpiresTests {
    static let fields: [(text: String, seconds: UInt32, refresher: SessionExpires.Refresher?)] = [
        ("1800", 1_800, nil), ("90;refresher=uas", 90, .uas), ("90 ; Refresher = UAC ;x=y", 90, .uac),
        ("4294967296;refresher=nobody", .max, nil),
    ]

    @Test(arguments: fields)
    func `a number and who refreshes`(text: String, seconds: UInt32, refresher: SessionExpires.Refresher?) throws {
        for name in ["Session-Expires", "x"] {
            let read = try message(name, text).sessionExpires()
            #expect(read == SessionExpires(seconds: seconds, refresher: refresher))
        }
    }

    @Test(arguments: ["soon", "-1", "1800 seconds", ";refresher=uas"]) func `anything else is malformed`(
        text: String
    ) throws {
        let parsed = try message("Session-Expires", text)
        #expect(throws: ParseError.self) { try parsed.sessionExpires() }
        let minimum = try message("Min-SE", text)
        #expect(throws: ParseError.self) { try minimum.minimumSession() }
    }

    @Test func `without a field there is none`() throws {
        #expect(try message("Subject", "x").sessionExpires() == nil)
        #expect(try message("Subject", "x").minimumSession() == nil)
        #expect(try message("Min-SE", "120;lr").minimumSession() == 120)
    }
}

@Suite("RFC 3891 §6.1: Replaces")
struct ReplacesFieldTests {
    @Test func `a Call-ID and both tags, in any order`() throws {
        let read = try #require(try message("Replaces", "98@host ;x=1; from-tag=b;TO-TAG=a;early-only").replaces())
        #expect(read.callID == Array("98@host".utf8) && read.isEarlyOnly)
        #expect(read.toTag == Array("a".utf8) && read.fromTag == Array("b".utf8))
    }

    @Test(arguments: [
        "98;to-tag=a", "98;from-tag=b", "98", ";to-tag=a;from-tag=b", "98;to-tag=;from-tag=b",
        "9 8;to-tag=a;from-tag=b", "98;to-tag=a;to-tag=c;from-tag=b", "98;to-tag;from-tag=b",
    ])
    func `anything else is malformed`(text: String) throws {
        let parsed = try message("Replaces", text)
        #expect(throws: ParseError.self) { try parsed.replaces() }
    }

    @Test func `two of them are one too many`() {
        let twice = request(changes: [("Replaces", "98;to-tag=a;from-tag=b\r\nReplaces: 99;to-tag=a;from-tag=b")])
        #expect(problem(in: twice)?.problem == .repeated(.replaces))
    }
}

@Suite("RFC 3515 §2.1 and RFC 3261 §19.1.1: Refer-To and its header fields")
struct ReferToTests {
    @Test func `a target, and the dialog to take the place of, unescaped once`() throws {
        let plain = try refer("\"Desk\" <sip:103@pbx.example;method=INVITE>").referTo()
        #expect(plain.replaces == nil)
        let attended = try refer(
            "<sip:103@pbx.example?Require=replaces&replaces=9%2598%40h%3Bto-tag%3Da%3Bfrom-tag%3Db>"
        )
        .referTo()
        #expect(attended.replaces?.callID == Array("9%98@h".utf8))
        #expect(attended.replaces?.fromTag == Array("b".utf8))
    }

    /// Row S11.
    static let refused = [
        "<sip:103@pbx.example?Route=%3Csip:evil%3E>", "<sip:103@pbx.example?Require=other>",
        "<sip:103@pbx.example?Replaces=9%3Bto-tag%3Da%3Bfrom-tag%3Db&Replaces=8%3Bto-tag%3Da%3Bfrom-tag%3Db>",
        "<sip:103@pbx.example?Replaces=9%0D%0AX:y%3Bto-tag%3Da%3Bfrom-tag%3Db>", "<sip:103@pbx.example?=x>",
        "<sip:103@pbx.example;method=REGISTER>", "<mailto:a@b>", "<sip:103@pbx.example>, <sip:104@pbx.example>",
        "<sip:1@h?a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1>", "",
    ]

    @Test(arguments: refused) func `everything else that a request could be made of is refused`(text: String) throws {
        let parsed = try refer(text)
        #expect(throws: ParseError.self) { try parsed.referTo() }
    }
}

@Suite("RFC 3326 §2 and RFC 3323 §4.2: Reason and Privacy")
struct ReasonPrivacyTests {
    @Test func `a reason is a number of a known list`() throws {
        #expect(try message("Reason", "SIP;cause=200;text=\"x\"").reason() == Reason(.sip, cause: 200))
        #expect(try message("Reason", "Q.850 ; cause=16").reason()?.text == "Q.850;cause=16")
        for text in ["SIP;cause=700", "SIP;cause=99", "Q.850;cause=128", "Q.850;cause=0", "other;cause=1", "SIP", ""] {
            #expect(try message("Reason", text).reason() == nil, "\(text)")
        }
        #expect(Reason(.sip, cause: 99) == nil && Reason(.q850, cause: 128) == nil)
    }

    @Test func `privacy is a list, and none of it outweighs the rest`() throws {
        #expect(try message("Privacy", "id").privacy().hidesIdentity)
        #expect(try message("Privacy", "Header ; critical").privacy() == [.header, .critical])
        #expect(try message("Privacy", "id;none").privacy().hidesIdentity == false)
        #expect(try message("Privacy", ";;odd;").privacy() == [])
        #expect(try message("Subject", "x").privacy() == [])
    }

    @Test func `a number of a provisional response is at least one`() throws {
        #expect(try message("RSeq", "1").rseq() == 1)
        for text in ["0", "x", "", "-1"] { #expect(try message("RSeq", text).rseq() == nil, "\(text)") }
    }
}
