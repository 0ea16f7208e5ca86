// SPDX-License-Identifier: Apache-2.0

import SIP
import Testing

@Suite("RFC 3261 §12.1: how a dialog begins")
struct DialogCreationTests {
    @Test func `the called side takes tags, target, numbers and routes from the request`() throws {
        let dialog = try Dialog(asServerFrom: message(invite), localTag: "b2")
        #expect(text(dialog.callID) == "call-1")
        #expect(text(dialog.localTag) == "b2")
        #expect(text(dialog.remoteTag) == "a1")
        #expect(dialog.remoteCSeq == 7)
        #expect(dialog.localCSeq == 0)
        #expect(text(dialog.remoteTarget) == "sip:alice@192.0.2.1:40000;transport=tls")
        #expect(dialog.routeSet.map(text) == ["sip:p2.example;lr", "sip:p1.example;lr"])
        #expect(text(dialog.localURI) == "sip:bob@pbx.example")
        #expect(text(dialog.remoteURI) == "sip:alice@pbx.example")
        #expect(dialog.isEarly)
    }

    @Test func `the calling side takes the response's routes in reverse`() throws {
        let dialog = try Dialog(asClientFrom: message(ok), request: message(invite))
        #expect(text(dialog.callID) == "call-1")
        #expect(text(dialog.localTag) == "a1")
        #expect(text(dialog.remoteTag) == "b2")
        #expect(dialog.localCSeq == 7)
        #expect(dialog.remoteCSeq == nil)
        #expect(text(dialog.remoteTarget) == "sip:bob@192.0.2.2:40001")
        #expect(dialog.routeSet.map(text) == ["sip:p1.example;lr", "sip:p2.example;lr"])
        #expect(text(dialog.localURI) == "sip:alice@pbx.example")
        #expect(text(dialog.remoteURI) == "sip:bob@pbx.example")
        #expect(!dialog.isEarly)
    }

    @Test func `it is early after a provisional response, and confirmed by the 2xx`() throws {
        let ringing = ok.replacing("200 OK", with: "180 Ringing")
        var dialog = try Dialog(asClientFrom: message(ringing), request: message(invite))
        #expect(dialog.isEarly)
        dialog.confirm()
        #expect(!dialog.isEarly)
    }

    @Test func `a peer of RFC 2543 has an empty tag`() throws {
        let old = try Dialog(asServerFrom: message(invite.replacing(";tag=a1", with: "")), localTag: "b2")
        #expect(old.remoteTag.isEmpty)
        var writer = MessageWriter()
        var dialog = old
        dialog.writeRequest(.bye, cseq: nil, into: &writer)
        #expect(text(writer.bytes).contains("\r\nTo: <sip:alice@pbx.example>\r\n"))
    }

    @Test(arguments: [
        "Contact: *", "X: y", "Contact: <tel:+441234>", "Contact: <sip:a@b>, <sip:c@d>",
        "Contact: <sip:\(String(repeating: "a", count: 1_020))@b>",
    ])
    func `a request without one usable Contact makes no dialog`(contact: String) throws {
        let request = try message(invite.replacing(contactLine, with: contact))
        #expect(throws: ParseError.self) { try Dialog(asServerFrom: request, localTag: "b2") }
    }

    /// A request of ours has to be one that we would read ourselves.
    @Test(arguments: ["Record-Route: <sip:\(String(repeating: "a", count: 1_020))@b;lr>", manyRoutes])
    func `routes that no request of ours could carry make no dialog`(routes: String) throws {
        let request = try message(invite.replacing(contactLine, with: "\(contactLine)\r\n\(routes)"))
        let refused = #expect(throws: ParseError.self) { try Dialog(asServerFrom: request, localTag: "b2") }
        #expect(refused?.status == 513)
        let response = try message(ok.replacing("Contact: ", with: "\(routes)\r\nContact: "))
        #expect(throws: ParseError.self) { try Dialog(asClientFrom: response, request: message(invite)) }
    }

    private static let manyRoutes = (0..<60).map { _ in
        "Record-Route: <sip:\(String(repeating: "a", count: 150))@b;lr>"
    }.joined(separator: "\r\n")

    @Test func `a response without a Contact leaves the peer at the URI where it was called`() throws {
        let response = try message(ok.replacing("Contact: <sip:bob@192.0.2.2:40001>\r\n", with: ""))
        let dialog = try Dialog(asClientFrom: response, request: message(invite))
        #expect(text(dialog.remoteTarget) == "sip:bob@192.0.2.2")
    }

    @Test func `header fields in a Contact's URI never reach a Request-URI`() throws {
        let hostile = invite.replacing(contactLine, with: "Contact: <sip:a@192.0.2.1?Route=%3Csip:evil%3E>")
        let dialog = try Dialog(asServerFrom: message(hostile), localTag: "b2")
        #expect(text(dialog.remoteTarget) == "sip:a@192.0.2.1")
    }
}

@Suite("RFC 3261 §12.2.1: requests that we send inside of a dialog")
struct DialogRequestTests {
    @Test func `goes to the remote target with the whole route set when the first router is loose`() throws {
        var dialog = try Dialog(asServerFrom: message(invite), localTag: "b2")
        var writer = MessageWriter()
        #expect(dialog.writeRequest(.bye, cseq: nil, into: &writer) == 1)
        #expect(
            text(writer.bytes) == """
                BYE sip:alice@192.0.2.1:40000;transport=tls SIP/2.0\r
                Route: <sip:p2.example;lr>\r
                Route: <sip:p1.example;lr>\r
                Max-Forwards: 70\r
                From: <sip:bob@pbx.example>;tag=b2\r
                To: <sip:alice@pbx.example>;tag=a1\r
                Call-ID: call-1\r
                CSeq: 1 BYE\r

                """
        )
    }

    @Test func `goes to a strict router with the target as its last route`() throws {
        let strict = invite.replacing("sip:p2.example;lr", with: "sip:p2.example")
        var dialog = try Dialog(asServerFrom: message(strict), localTag: "b2")
        var writer = MessageWriter()
        dialog.writeRequest(.bye, cseq: nil, into: &writer)
        let lines = text(writer.bytes).split(separator: "\r\n")
        #expect(lines[0] == "BYE sip:p2.example SIP/2.0")
        #expect(lines[1] == "Route: <sip:p1.example;lr>")
        #expect(lines[2] == "Route: <sip:alice@192.0.2.1:40000;transport=tls>")
        #expect(!lines[3].hasPrefix("Route"))
    }

    @Test func `without routes it has no Route`() throws {
        let direct = invite.replacing("Record-Route: <sip:p2.example;lr>, <sip:p1.example;lr>\r\n", with: "")
        var dialog = try Dialog(asServerFrom: message(direct), localTag: "b2")
        var writer = MessageWriter()
        dialog.writeRequest(.bye, cseq: nil, into: &writer)
        #expect(!text(writer.bytes).contains("Route"))
    }

    @Test func `numbers rise by one, and an ACK has the number of its INVITE`() throws {
        var dialog = try Dialog(asClientFrom: message(ok), request: message(invite))
        var writer = MessageWriter()
        #expect(dialog.writeRequest(.invite, cseq: nil, into: &writer) == 8)
        #expect(dialog.writeRequest(.ack, cseq: 8, into: &writer) == 8)
        #expect(dialog.writeRequest(.bye, cseq: nil, into: &writer) == 9)
    }

    @Test func `the highest number does not trap`() throws {
        let last = invite.replacing("CSeq: 7", with: "CSeq: 2147483647")
        var dialog = try Dialog(asClientFrom: message(ok), request: message(last))
        var writer = MessageWriter()
        #expect(dialog.writeRequest(.bye, cseq: nil, into: &writer) == 2_147_483_647)
    }

    @Test func `a new Contact in a re-INVITE or its 2xx becomes the target, a useless one does not`() throws {
        var dialog = try Dialog(asServerFrom: message(invite), localTag: "b2")
        try dialog.refreshTarget(from: message(invite.replacing("alice@192.0.2.1:40000", with: "alice@192.0.2.9")))
        #expect(text(dialog.remoteTarget) == "sip:alice@192.0.2.9;transport=tls")
        for useless in ["Contact: *", "X: y", "Contact: <", "Contact: <mailto:a@b>"] {
            try dialog.refreshTarget(from: message(invite.replacing(contactLine, with: useless)))
            #expect(text(dialog.remoteTarget) == "sip:alice@192.0.2.9;transport=tls")
        }
    }

    @Test func `the route set stays what it was when the target is refreshed`() throws {
        var dialog = try Dialog(asServerFrom: message(invite), localTag: "b2")
        try dialog.refreshTarget(from: message(invite.replacing("p1.example", with: "p9.example")))
        #expect(dialog.routeSet.map(text) == ["sip:p2.example;lr", "sip:p1.example;lr"])
    }
}

@Suite("RFC 3261 §12.2.2: requests that we receive inside of a dialog")
struct DialogOrderTests {
    @Test func `a higher number is the next, the same is a repeat, a lower one is old`() throws {
        var dialog = try Dialog(asServerFrom: message(invite), localTag: "b2")
        #expect(try dialog.receive(message(request("BYE", 7))) == .repeated)
        #expect(try dialog.receive(message(request("INFO", 6))) == .old)
        #expect(try dialog.receive(message(request("INFO", 9))) == .next)
        #expect(try dialog.receive(message(request("INFO", 8))) == .old)
        #expect(try dialog.receive(message(request("INFO", 9))) == .repeated)
        #expect(dialog.remoteCSeq == 9)
    }

    @Test func `the first request of the called side may have any number`() throws {
        var dialog = try Dialog(asClientFrom: message(ok), request: message(invite))
        #expect(try dialog.receive(message(request("BYE", 0))) == .next)
        #expect(try dialog.receive(message(request("BYE", 0))) == .repeated)
    }

    @Test func `ACK and CANCEL have the number of their INVITE and are never out of order`() throws {
        var dialog = try Dialog(asServerFrom: message(invite), localTag: "b2")
        #expect(try dialog.receive(message(request("INFO", 9))) == .next)
        #expect(try dialog.receive(message(request("ACK", 7))) == .next)
        #expect(try dialog.receive(message(request("CANCEL", 7))) == .next)
        #expect(dialog.remoteCSeq == 9)
    }

    @Test func `only Call-ID and both tags together name a dialog`() throws {
        let dialog = try Dialog(asServerFrom: message(invite), localTag: "b2")
        let bye = request("BYE", 8)
        #expect(try dialog.contains(message(bye)))
        #expect(try !dialog.contains(message(bye.replacing("call-1", with: "call-2"))))
        #expect(try !dialog.contains(message(bye.replacing("tag=a1", with: "tag=A1"))))
        #expect(try !dialog.contains(message(bye.replacing("tag=b2", with: "tag=b3"))))
        #expect(try !dialog.contains(message(bye.replacing(";tag=b2", with: ""))))
    }
}

private let contactLine = "Contact: <sip:alice@192.0.2.1:40000;transport=tls>"

private let invite = """
    INVITE sip:bob@192.0.2.2 SIP/2.0\r
    Via: SIP/2.0/TLS 192.0.2.1:40000;branch=z9hG4bK1\r
    Record-Route: <sip:p2.example;lr>, <sip:p1.example;lr>\r
    From: "Alice" <sip:alice@pbx.example>;tag=a1\r
    To: <sip:bob@pbx.example>\r
    Call-ID: call-1\r
    CSeq: 7 INVITE\r
    \(contactLine)\r
    Content-Length: 0\r
    \r

    """

private let ok = """
    SIP/2.0 200 OK\r
    Via: SIP/2.0/TLS 192.0.2.1:40000;branch=z9hG4bK1\r
    Record-Route: <sip:p2.example;lr>\r
    Record-Route: <sip:p1.example;lr>\r
    From: "Alice" <sip:alice@pbx.example>;tag=a1\r
    To: <sip:bob@pbx.example>;tag=b2\r
    Call-ID: call-1\r
    CSeq: 7 INVITE\r
    Contact: <sip:bob@192.0.2.2:40001>\r
    Content-Length: 0\r
    \r

    """

private func request(_ method: String, _ number: Int) -> String {
    """
    \(method) sip:bob@pbx.example SIP/2.0\r
    Via: SIP/2.0/TLS 192.0.2.1:40000;branch=z9hG4bK\(number)\r
    From: <sip:alice@pbx.example>;tag=a1\r
    To: <sip:bob@pbx.example>;tag=b2\r
    Call-ID: call-1\r
    CSeq: \(number) \(method)\r
    Content-Length: 0\r
    \r

    """
}

private func message(_ text: String) throws -> Message {
    let bytes = Array(text.utf8)
    return try Message(parsing: bytes.span)
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
