// SPDX-License-Identifier: Apache-2.0

import Calls
import SIP
import Testing

@Suite("RFC 5393 §4.1, §4.2 and §5.3, ATTACKS S20: circles and forks")
struct HopTests {
    @Test(arguments: [
        (["Via: SIP/2.0/TLS pbx.office.example:5061;branch=z9hG4bKours"], 482),
        (["Via: SIP/2.0/TLS proxy.example;branch=z9hG4bK1, SIP/2.0/TLS OFFICE.example;branch=z9hG4bK2"], 482),
        (["Via: SIP/2.0/TLS proxy.example;branch=z9hG4bK1"], 480),
        (["Max-Breadth: 0"], 440), (["Max-Breadth: 60"], 480), (["Max-Breadth: none"], 480),
    ])
    func `S20 a request that was here before, or may not fork, goes no further`(fields: [String], status: Int) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let answers = try phone.ask(
            &office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            extra: fields + ["Contact: <\(phone.contact)>"],
            body: SDP.offer()
        )
        // 480: it went as far as looking for phones of 102, which has none.
        #expect(answers.last?.status == status)
    }

    @Test func `a request that may ring one phone rings one`() throws {
        var office = try Office()
        var caller = try Phone("phone-101-000001", in: &office)
        var phones = [
            try Phone("phone-102-000001", in: &office, from: "192.0.2.60:50000"),
            try Phone("phone-102-000002", in: &office, from: "192.0.2.61:50000"),
        ]
        for index in phones.indices { try phones[index].register(&office) }
        _ = try caller.ask(
            &office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            extra: ["Max-Breadth: 1", "Contact: <\(caller.contact)>"],
            body: SDP.offer()
        )
        let rung = phones.map { office.received(on: $0.flow).count }
        #expect(rung == [1, 0])
    }
}

@Suite("RFC 5630 §5.1.1 and §5.3, ATTACKS K02: a request for a sips URI")
struct SIPSRequestTests {
    @Test(arguments: [(Transport.tls, 200), (.tcp, 480), (.udp, 480)])
    func `K02 is served over TLS only`(transport: Transport, status: Int) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        phone.flow = try office.flow(over: transport)
        // Long enough for an answer over UDP (row D13).
        phone.client = String(repeating: "TestPhone ", count: 40)
        let answer = try #require(try phone.ask(&office, "OPTIONS", to: "sips:101@\(Office.domain)").last)
        #expect(answer.status == status)
        if status == 480 { #expect(answer.text("Warning") == "380 pbx.office.example \"SIPS Not Allowed\"") }
    }

    @Test(arguments: [
        ("sips", "<sips:pbx.office.example:5061>"), ("sip", "<sip:pbx.office.example:5061;transport=tls>"),
    ])
    func `is answered with a name of its own kind`(scheme: String, contact: String) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let answers = try phone.ask(
            &office,
            "SUBSCRIBE",
            to: "\(scheme):102@\(Office.domain)",
            extra: ["Event: dialog", "Contact: <\(scheme):a@192.0.2.50>"]
        )
        #expect(answers.map { $0.text("Contact") } == [contact, contact])
    }
}
