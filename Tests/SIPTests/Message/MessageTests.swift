// SPDX-License-Identifier: Apache-2.0

import SIP
import Testing

@Suite("RFC 3261 §7: messages")
struct MessageTests {
    @Test func `finds the start line, the fields and the body of a request`() throws {
        var message = try Message(parsing: request(body: "hello").span)
        #expect(message.method == .options)
        #expect(message.status == nil)
        #expect(message.string(message.requestURI) == "sip:204@pbx.example")
        #expect(message.first(.callID).map(message.string) == "a84b4c76e66710")
        #expect(message.string(message.body) == "hello")
        try message.validate()
    }

    @Test func `finds the status and the reason of a response`() throws {
        let message = try Message(parsing: wire("SIP/2.0 486 Busy Here\nCall-ID: x\n\n").span)
        #expect(message.method == nil)
        #expect(message.status == 486)
        #expect(message.string(message.reasonPhrase) == "Busy Here")
    }

    @Test func `a method is what its letters say, in their case`() throws {
        for method in Method.known {
            #expect(try Message(parsing: request("\(method.text) sip:a@b SIP/2.0").span).method == method)
        }
        let lower = try Message(parsing: request("invite sip:a@b SIP/2.0").span)
        #expect(lower.method == .other("invite"))
        #expect(Method("SUBSCRIBE") == .subscribe)
        #expect(Method("SUBSCRIBER") == .other("SUBSCRIBER"))
    }

    /// What arrived, what is wrong with it, at which byte, and what the sender is told.
    static let startLines: [(text: String, problem: ParseError.Problem, offset: Int, status: Int)] = [
        ("", .unfinishedHeader, 0, 400),
        ("INVITE", .unfinishedHeader, 6, 400),
        ("INVITE sip:a@b SIP/2.0", .unfinishedHeader, 22, 400),
        (" sip:a@b SIP/2.0\r\n", .malformed(.method), 0, 400),
        ("INV{TE sip:a@b SIP/2.0\r\n", .malformed(.method), 3, 400),
        ("INV\u{1}TE sip:a@b SIP/2.0\r\n", .malformed(.startLine), 3, 400),
        ("INVITE sip:a@b SIP/2.0\nVia: x\r\n\r\n", .malformed(.startLine), 22, 400),
        ("INVITE  SIP/2.0\r\n", .malformed(.requestURI), 7, 400),
        ("INVITE sip:a\tb SIP/2.0\r\n", .malformed(.requestURI), 12, 400),
        ("INVITE sip:é@b SIP/2.0\r\n", .malformed(.requestURI), 11, 400),
        ("INVITE sip:a@b SIP/2.0 \r\n", .malformed(.startLine), 15, 400),
        ("INVITE sip:a@b lr SIP/2.0\r\n", .malformed(.startLine), 15, 400),
        ("INVITE sip:a@b SIP/3.0\r\n", .unsupportedVersion, 15, 505),
        ("GET / HTTP/1.1\r\nHost: pbx\r\n\r\n", .unsupportedVersion, 6, 505),
        ("SIP/2.0 099 Low\r\n", .malformed(.status), 8, 400),
        ("SIP/2.0 700 High\r\n", .malformed(.status), 8, 400),
        ("SIP/2.0 20 Short\r\n", .malformed(.status), 8, 400),
        ("SIP/2.0 2000 Long\r\n", .malformed(.status), 8, 400),
        ("SIP/2.0 +20 Sign\r\n", .malformed(.status), 8, 400),
    ]

    @Test(arguments: startLines)
    func `says what is wrong with a start line, where, and what to answer`(
        text: String,
        problem: ParseError.Problem,
        offset: Int,
        status: Int
    ) {
        let error = #expect(throws: ParseError.self) { try Message(parsing: Array(text.utf8).span) }
        #expect(error?.problem == problem)
        #expect(error?.offset == offset)
        #expect(error?.status == status)
    }

    @Test func `the version may come in any case`() throws {
        #expect(try Message(parsing: wire("BYE sip:a@b sip/2.0\n\n").span).method == .bye)
        #expect(try Message(parsing: wire("Sip/2.0 200 OK\n\n").span).status == 200)
    }

    @Test func `a reason may be empty, even without its space`() throws {
        #expect(try Message(parsing: wire("SIP/2.0 100 \n\n").span).reasonPhrase.isEmpty)
        #expect(try Message(parsing: wire("SIP/2.0 100\n\n").span).status == 100)
    }

    @Test func `parsing again forgets the message before`() throws {
        var message = try Message(parsing: request(body: "hello").span)
        try message.parse(wire("SIP/2.0 200 OK\nCSeq: 1 BYE\n\n").span)
        #expect(message.method == nil)
        #expect(message.first(.via) == nil)
        #expect(message.fieldCount == 1)
        #expect(message.body.isEmpty)
        #expect(throws: ParseError.self) { try message.parse([UInt8]().span) }
        #expect(message.status == 0)
        #expect(message.first(.cseq) == nil)
    }

    @Test func `what could be read before an error can still be answered`() throws {
        var message = Message()
        let broken = request("BYE sip:a@b SIP/3.0", [("X", "1"), ("Y\u{1}", "2"), ("Contact", "<sip:a@b>")])
        #expect(throws: ParseError.self) { try message.parse(broken.span) }
        #expect(message.isAnswerable)
        #expect(message.first(.contact) != nil, "what stands behind the damage is found too")
    }

    @Test func `a start line that is too long is read, so that its request can be answered`() {
        var message = Message()
        let long = request("INVITE sip:\(String(repeating: "a", count: Limits.startLineBytes))@b SIP/2.0")
        let error = #expect(throws: ParseError.self) { try message.parse(long.span) }
        #expect(error?.status == 414)
        #expect(message.method == .invite && message.isAnswerable)
    }

    @Test func `an ACK, a response and a fragment are not answered`() {
        for bytes in [
            request("ACK sip:a@b SIP/2.0"), wire("SIP/2.0 200 OK\nVia: SIP/2.0/UDP a;branch=z9hG4bKx\n\n"),
            request("BYE sip:a@b SIP/2.0", [("Call-ID", "")]), Array(request().prefix(60)), wire("\n\n"),
        ] {
            var message = Message()
            try? message.parse(bytes.span)
            #expect(!message.isAnswerable)
        }
    }

    @Test func `an index of one message does not trap in another`() throws {
        let long = try Message(parsing: request(body: "hello").span)
        let short = try Message(parsing: wire("SIP/2.0 200 OK\n\n").span)
        #expect(short.string(long.body).isEmpty)
        #expect(short.bytes(long.body).isEmpty)
        #expect(!short.holds(long.body, "hello"))
        #expect(!short.holds(long.body, ignoringCase: "hello"))
        #expect(short.unescaped(long.body).isEmpty)
        #expect(short.address(long.body) == nil)
        #expect(throws: ParseError.self) { try SIPURI.parse(short, long.body) }
        #expect(try long.from().parameter(named: "x", in: short) == nil)
        #expect(try SIPURI.parse(long, long.requestURI).param(named: "x", in: short) == nil)
    }
}

@Suite("RFC 3261 §18.3: where a datagram's message ends")
struct DatagramTests {
    @Test func `without Content-Length the body is the rest`() throws {
        let message = try Message(parsing: wire("BYE sip:a@b SIP/2.0\n\nrest").span)
        #expect(message.string(message.body) == "rest")
    }

    @Test func `bytes after the body are not part of the message`() throws {
        let message = try Message(parsing: (request(body: "hello") + wire("INVITE sip:x@y SIP/2.0\n\n")).span)
        #expect(message.string(message.body) == "hello")
        #expect(message.bytes == request(body: "hello"))
    }

    static let lengths: [(fields: String, problem: ParseError.Problem?)] = [
        ("Content-Length: 3", nil),
        ("l: 3\nContent-Length: 3", nil),
        ("Content-Length: 0003", nil),
        ("Content-Length: 4", .truncatedBody),
        ("Content-Length: 18446744073709551619", .truncatedBody),
        ("Content-Length: 3\nl: 2", .repeated(.contentLength)),
        ("Content-Length: -3", .malformed(.contentLength)),
        ("Content-Length: +3", .malformed(.contentLength)),
        ("Content-Length: 3, 3", .malformed(.contentLength)),
        ("Content-Length: 0x3", .malformed(.contentLength)),
        ("Content-Length:", .malformed(.contentLength)),
    ]

    @Test(arguments: lengths)
    func `D06 a length that cannot be believed is refused`(fields: String, problem: ParseError.Problem?) {
        var found: ParseError.Problem?
        do throws(ParseError) { _ = try Message(parsing: wire("BYE sip:a@b SIP/2.0\n\(fields)\n\nabc").span) } catch {
            found = error.problem
            #expect(error.status == 400)
        }
        #expect(found == problem)
    }
}

@Suite("Limits of a message")
struct MessageLimitTests {
    @Test func `a message of 64 KiB is read, and one byte more is not`() throws {
        let head = wire("BYE sip:a@b SIP/2.0\n\n")
        let body = [UInt8](repeating: 0x61, count: Limits.messageBytes - head.count)
        #expect(try Message(parsing: (head + body).span).body.count == body.count)
        let error = #expect(throws: ParseError.self) { try Message(parsing: (head + body + [0x61]).span) }
        #expect(error?.problem == .tooLarge(.message, limit: 65_536))
        #expect(error?.status == 513)
    }

    @Test func `a start line over 2 KiB is refused with 414`() {
        let user = String(repeating: "a", count: 2_048)
        let error = #expect(throws: ParseError.self) { try Message(parsing: request("BYE sip:\(user)@b SIP/2.0").span) }
        #expect(error?.status == 414)
    }

    @Test func `D08 a field of 8 KiB is read, and a longer one is not`() {
        let value = String(repeating: "a", count: Limits.fieldBytes - 3)
        #expect(problem(in: request(changes: [("X", value)])) == nil)
        #expect(problem(in: request(changes: [("X", value + "a")]))?.problem == .tooLarge(.header, limit: 8_192))
        let folded = value + "\r\n " + value
        #expect(problem(in: request(changes: [("X", folded)]))?.status == 513, "folding is no way around it")
    }

    @Test func `D08 a hundred fields are read, and one more is not`() {
        let fields = (0..<93).map { ("X-\($0)", "1") }
        #expect(problem(in: request(changes: fields)) == nil)
        #expect(problem(in: request(changes: fields + [("Y", "1")]))?.problem == .tooLarge(.header, limit: 100))
    }

    @Test func `D08 seventy hops are read, and one more is not`() {
        let hop = "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx"
        let hops = { (count: Int) in Array(repeating: hop, count: count).joined(separator: ", ") }
        #expect(problem(in: request(changes: [("Via", hops(70))])) == nil)
        #expect(problem(in: request(changes: [("Via", hops(71))]))?.problem == .tooLarge(.via, limit: 70))
    }

    @Test func `D18 contacts, parameters and options are bounded`() throws {
        let contacts = Array(repeating: "<sip:a@b>", count: 71).joined(separator: ",")
        #expect(problem(in: request(changes: [("Contact", contacts)]))?.problem == .tooLarge(.address, limit: 70))
        let parameters = Array(repeating: ";a", count: 65).joined()
        for value in ["<sip:a@b>" + parameters, "<sip:a@b\(parameters)>"] {
            #expect(problem(in: request(changes: [("Contact", value)]))?.problem == .tooLarge(.parameter, limit: 64))
        }
        let options = (0..<100).map { "o\($0)" }.joined(separator: ",")
        #expect(try Message(parsing: request(changes: [("Supported", options)]).span).options(.supported).count == 64)
    }
}
