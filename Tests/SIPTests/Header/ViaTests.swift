// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP
import Testing

@Suite("RFC 3261 §20.42 and RFC 3581: Via")
struct ViaTests {
    private func top(_ value: String) throws -> (Message, Via) {
        let message = try Message(parsing: request(changes: [("Via", value)]).span)
        return (message, try message.topVia())
    }

    @Test func `finds every part`() throws {
        let (message, via) = try top("SIP/2.0/TLS pbx.example:5061;branch=z9hG4bKa;received=192.0.2.9;rport=4711;ttl=1")
        #expect(message.string(via.transport) == "TLS")
        #expect(message.string(via.host) == "pbx.example")
        #expect(via.port == 5_061)
        #expect(via.branch.map(message.string) == "z9hG4bKa")
        #expect(via.received.flatMap(message.address) == IPAddress(parsing: "192.0.2.9"))
        #expect(via.hasRport && via.rport == 4_711)
        #expect(via.parameter(named: "TTL", in: message).map(message.string) == "1")
    }

    @Test func `the first value of the first field is the top one`() throws {
        let (message, via) = try top("SIP/2.0/UDP a;rport , SIP/2.0/UDP b")
        #expect(message.string(via.range) == "SIP/2.0/UDP a;rport")
        #expect(via.hasRport && via.rport == nil)
        #expect(try message.vias().map { message.string($0.host) } == ["a", "b"])
    }

    @Test(arguments: [("z9hG4bKx", true), ("Z9HG4BKx", true), ("z9hG4bK", false), ("390skdjuw", false)])
    func `only the cookie and something behind it name a transaction`(branch: String, isOne: Bool) throws {
        let (message, via) = try top("SIP/2.0/UDP a;branch=\(branch)")
        #expect(via.hasTransactionBranch(in: message) == isOne)
    }

    @Test(arguments: [
        "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/2.0 a", "SIP/3.0/UDP a", "HTTP/1.1/TCP a", "SIP/2.0/UDP a:0",
        "SIP/2.0/UDP a:x", "SIP/2.0/UDP [::1", "SIP/2.0/UDP ::1", "SIP/2.0/UDP a;;,;,,", "SIP/2.0/UDP a;branch",
        "SIP/2.0/UDP a;branch=x;branch=y", "SIP/2.0/UDP a;rport=70000", "SIP/2.0/UDP a b", "SIP/2.0/ a", "/", "S",
    ])
    func `what is none is refused with 400`(value: String) {
        #expect(problem(in: request(changes: [("Via", value)]))?.status == 400)
    }
}

@Suite("RFC 3261 §20: the other header fields")
struct FieldTests {
    private func message(_ fields: String) throws -> Message {
        try Message(parsing: wire("SIP/2.0 200 OK\n\(fields)\n\n").span)
    }

    @Test func `every name is found in every case, and by its letter`() throws {
        for name in HeaderName.allCases where name != .other {
            for spelling in ["\(name.canonical)", "\(name.canonical)".uppercased(), "\(name.canonical)".lowercased()] {
                #expect(HeaderName(named: spelling) == name)
                #expect(try message("\(spelling): 0").first(name) != nil, "\(spelling)")
            }
            if let compact = name.compact { #expect(try message("\(compact): 0").first(name) != nil, "\(compact)") }
        }
    }

    @Test func `names that only look alike are others`() throws {
        for name in [
            "Vi", "Viaa", "X-Via", "Call_ID", "Call-ID-", "Content-Length2", "Fromm", "z", "Proxy-Authorizatio",
        ] {
            #expect(HeaderName(named: name) == .other, "\(name)")
            #expect(try message("\(name): x").first(named: name.uppercased()) != nil)
        }
    }

    @Test func `blanks before the colon are legal for every name, known or not`() throws {
        let message = try message("Via \t: SIP/2.0/UDP a\nX-Bypass-me : 1\nTo:x")
        #expect(try message.topVia().host.count == 1)
        #expect(message.first(named: "x-bypass-me").map(message.string) == "1")
    }

    @Test(arguments: [
        "To\u{1}: x", "Contact\0: x", "To\u{7F}: x", "Té: x", "T o: x", ": x", "NoColon", " To: x", "(To): x",
    ])
    func `any other byte in a name is refused with 400`(line: String) {
        #expect(problem(in: wire("SIP/2.0 200 OK\n\(line)\n\n"))?.status == 400)
    }

    @Test(arguments: [
        "a\u{0}b", "a\nb", "a\rb", "a\u{1}b", "a\u{7F}b", "\"a\\\nb\"", "\"a\\\rb\"", "\"\u{0}\"", "\\\u{0}",
    ])
    func `a control in a value is refused with 400`(value: String) {
        let bytes = request(changes: [("Subject", value)])
        #expect(problem(in: bytes)?.problem == .forbiddenControl)
    }

    @Test func `a fold is white space`() throws {
        let message = try message("Subject:\n  a\n\tb \n c \nCSeq: 1\n BYE")
        #expect(message.first(.subject).map(message.string) == "a\r\n\tb \r\n c")
        #expect(message.first(.subject).map(message.unescaped) == "a   b    c")
        #expect(try message.cseq() == CSeq(number: 1, method: .bye))
    }

    static let sequences: [(value: String, number: UInt32?)] = [
        ("1 INVITE", 1), ("0 INVITE", 0), ("0009 INVITE", 9), ("2147483647 INVITE", 2_147_483_647),
        ("2147483648 INVITE", nil),
        ("4294967297 INVITE", nil), ("36893488147419103233 INVITE", nil), ("1", nil), ("INVITE", nil), ("1INVITE", nil),
        ("-1 INVITE", nil), ("1 INVITE x", nil), ("1 IN/VITE", nil), ("", nil),
    ]

    @Test(arguments: sequences)
    func `CSeq is a number below 2³¹ and a method`(value: String, number: UInt32?) throws {
        #expect((try? message("CSeq: \(value)").cseq())?.number == number)
    }

    @Test func `seconds saturate, and garbage is refused`() throws {
        #expect(try message("Expires: 3600").expires() == 3_600)
        #expect(try message("Expires: 100000000000000000000000").expires() == .max)
        #expect(try message("X: y").expires() == nil)
        #expect(try message("Session-Expires: 1800;refresher=uac").seconds(.sessionExpires) == 1_800)
        #expect(try message("Retry-After: 5 (busy)").seconds(.retryAfter) == 5)
        for value in ["", "soon", "-1", "1.5", "1 2"] {
            #expect(throws: ParseError.self) { try message("Expires: \(value)").expires() }
        }
        let refresher = try message("x: 1800 ; refresher = uac")
        #expect(refresher.parameter(named: "Refresher", of: .sessionExpires).map(refresher.string) == "uac")
    }

    @Test(arguments: [("70", 70), ("0068", 68), ("0", 0), ("255", 255), ("256", nil), ("-1", nil), ("x", nil)])
    func `Max-Forwards is 0 to 255`(value: String, number: Int?) throws {
        let found = try? message("Max-Forwards: \(value)").maxForwards()
        #expect(found == number)
    }

    @Test func `options are tokens from all fields, whatever stands between them`() throws {
        let message = try message("Supported: 100rel , timer,,\nk: replaces\nSupported:")
        #expect(message.options(.supported) == ["100rel", "timer", "replaces"])
        #expect(message.hasOption(.supported, "Replaces"))
        #expect(!message.hasOption(.supported, "replace"))
    }

    @Test func `a media type is compared without its parameters and case`() throws {
        let sdp = try message("c: Application / SDP;charset=utf-8")
        #expect(sdp.hasBody("application/sdp"))
        #expect(!sdp.hasBody("application/sdpx"))
        #expect(try message("X: y").contentType()?.type == nil)
        for value in ["application", "application/", "/sdp", "a/b c"] {
            #expect(throws: ParseError.self) { try message("Content-Type: \(value)").contentType() }
        }
    }

    @Test func `RAck names a response and its request`() throws {
        let rack = try #require(try message("RAck: 776656 1 INVITE").rack())
        #expect(rack.rseq == 776_656)
        #expect(rack.cseq == CSeq(number: 1, method: .invite))
        #expect(throws: ParseError.self) { try message("RAck: 1 INVITE").rack() }
    }

    @Test func `a date is a moment in GMT`() throws {
        #expect(try message("Date: Sat, 13 Nov 2010 23:29:00 GMT").date()?.description == "2010-11-13T23:29:00.000Z")
        #expect(try message("Date: Thu, 29 Feb 2024 00:00:00 GMT").date()?.description == "2024-02-29T00:00:00.000Z")
        for value in ["Sat, 13 Nov 2010 23:29:00 EST", "13 Nov 2010 23:29:00 GMT", "Sat, 13 Foo 2010 23:29:00 GMT"] {
            #expect(try message("Date: \(value)").date() == nil)
        }
    }
}
