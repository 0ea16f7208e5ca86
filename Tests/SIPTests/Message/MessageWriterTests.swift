// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP
import Testing

@Suite("RFC 3261 §7 and §8.2.6: writing messages")
struct MessageWriterTests {
    @Test func `a request comes out as it is written`() {
        var writer = MessageWriter()
        writer.request(.invite, uri: "sip:204@pbx.example".utf8)
        writer.field(.to, "<sip:204@pbx.example>")
        writer.field(.maxForwards, 70)
        writer.field(.contact) { value in
            value.append("<sip:")
            value.append(IPAddress(v4: 0xC000_0201))
            value.append(":" as StaticString)
            value.append(5_061)
            value.append(">")
        }
        writer.field(named: "X-Extra", [0x61])
        writer.finish(contentType: "text/plain", body: Array("hello".utf8))
        let lines = """
            INVITE sip:204@pbx.example SIP/2.0
            To: <sip:204@pbx.example>
            Max-Forwards: 70
            Contact: <sip:192.0.2.1:5061>
            X-Extra: a
            Content-Type: text/plain
            Content-Length: 5

            hello
            """
        #expect(String(decoding: writer.bytes, as: UTF8.self) == lines.replacing("\n", with: "\r\n"))
    }

    @Test func `S10 a value cannot end its line or the message`() {
        var writer = MessageWriter()
        writer.request(.other("BYE x\r\nEvil"), uri: "sip:a\r\nEvil: 1".utf8)
        writer.field(.subject, "a\r\nEvil: 1\r\n\r\n\u{0}\t\u{7F}b")
        writer.finish()
        let expected = """
            BYE_x__Evil sip:a%0d%0aEvil:%201 SIP/2.0
            Subject: a  Evil: 1       b
            Content-Length: 0


            """
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected.replacing("\n", with: "\r\n"))
    }

    @Test func `copying unfolds, and keeps the order`() throws {
        let source = try Message(
            parsing: wire("BYE sip:b SIP/2.0\nRoute: <sip:a>,\n <sip:b>\nX-1: 1\nroute: <sip:c>\nX-2: 2\n\n").span
        )
        var writer = MessageWriter(capacity: 16)
        writer.copy(.route, from: source)
        writer.copy(.other, from: source)
        let text = String(decoding: writer.bytes, as: UTF8.self)
        #expect(text == "Route: <sip:a>,   <sip:b>\r\nRoute: <sip:c>\r\nX-1: 1\r\nX-2: 2\r\n")
    }

    @Test func `a status has its phrase, and an unknown one that of its class`() {
        #expect(["\(StatusPhrase.of(200))", "\(StatusPhrase.of(488))"] == ["OK", "Not Acceptable Here"])
        #expect(["\(StatusPhrase.of(499))", "\(StatusPhrase.of(0))"] == ["Request Failure", "Global Failure"])
    }
}

@Suite("RFC 3261 §8.2.6 and RFC 3581 §4: the head of a response")
struct ResponseHeadTests {
    private func answer(
        _ changes: [(name: String, value: String)],
        status: Int = 200,
        tag: String? = "ours",
        source: String? = "203.0.113.9:4711"
    ) throws -> Message {
        let request = try Message(parsing: request(changes: changes).span)
        var writer = MessageWriter()
        let address = source.flatMap { SocketAddress(parsing: $0) }
        ResponseHead.write(status, StatusPhrase.of(status), to: request, toTag: tag, source: address, into: &writer)
        writer.finish()
        return try Message(parsing: writer.bytes.span)
    }

    private func value(_ name: HeaderName, _ message: Message) -> String? { message.first(name).map(message.string) }

    @Test func `copies what §8.2.6.2 says, and our tag`() throws {
        var message = try answer([])
        try message.validate()
        #expect(message.status == 200)
        #expect(value(.from, message) == "\"Alice\" <sip:alice@pbx.example>;tag=1928301774")
        #expect(value(.to, message) == "<sip:204@pbx.example>;tag=ours")
        #expect(value(.callID, message) == "a84b4c76e66710")
        #expect(value(.cseq, message) == "314159 OPTIONS")
    }

    @Test func `a tag that is there stays`() throws {
        #expect(value(.to, try answer([("To", "<sip:a@b>;tag=theirs")])) == "<sip:a@b>;tag=theirs")
        #expect(value(.to, try answer([], status: 100, tag: nil)) == "<sip:204@pbx.example>")
    }

    /// The Via of a request and of its answer.
    static let vias: [(request: String, answer: String)] = [
        ("SIP/2.0/UDP a;rport;branch=z9hG4bKx", "SIP/2.0/UDP a;branch=z9hG4bKx;received=203.0.113.9;rport=4711"),
        ("SIP/2.0/UDP a;branch=z9hG4bKx", "SIP/2.0/UDP a;branch=z9hG4bKx;received=203.0.113.9"),
        (
            "SIP/2.0/UDP a;received=6.6.6.6;branch=z9hG4bKx;rport=1",
            "SIP/2.0/UDP a;branch=z9hG4bKx;received=203.0.113.9;rport=4711"
        ),
        ("SIP/2.0/UDP a , SIP/2.0/UDP b;rport", "SIP/2.0/UDP a;received=203.0.113.9 , SIP/2.0/UDP b;rport"),
        ("SIP/2.0/UDP a;;", "SIP/2.0/UDP a;;"),
    ]

    @Test(arguments: vias)
    func `the top Via says where the request came from, whatever it said itself`(request: String, answer: String) throws
    {
        #expect(value(.via, try self.answer([("Via", request)])) == answer)
    }

    @Test func `an IPv6 source has no brackets`() throws {
        let message = try answer([("Via", "SIP/2.0/UDP a")], source: "[2001:db8::1]:5060")
        #expect(value(.via, message) == "SIP/2.0/UDP a;received=2001:db8::1")
    }

    @Test func `a hundred carries the Timestamp, and nothing else does`() throws {
        #expect(try answer([("Timestamp", "54")], status: 100).first(named: "Timestamp") != nil)
        #expect(try answer([("Timestamp", "54")]).first(named: "Timestamp") == nil)
    }
}
