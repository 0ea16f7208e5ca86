// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

/// Rows of the attack catalogue at the switchboard, where nothing but the message decides.
@Suite("Control flood-protection: rows of the attack catalogue")
struct FloodRowTests {
    private static let abilities = [
        "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, REFER, NOTIFY, UPDATE, PRACK, INFO, SUBSCRIBE, MESSAGE",
        "Supported: outbound, path, gruu, replaces, timer",
    ]

    @Test(arguments: ["OPTIONS", "REGISTER", "INVITE", "SUBSCRIBE", "BYE", "CANCEL", "NONSENSE"])
    func `D13 over UDP a stranger never gets more than he sent`(method: String) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let flow = try office.flow(over: .udp)
        for extra: [String] in [[], Self.abilities, ["Subject: \(String(repeating: "x", count: 2_000))"]] {
            for tag in ["", ";tag=made-up"] {
                let text = phone.request(
                    method,
                    to: "sip:\(Office.domain)",
                    toHeader: "<sip:101@\(Office.domain)>\(tag)",
                    extra: extra
                )
                office.deliver(text, on: flow)
                let answers = office.received(on: flow)
                #expect(answers.count <= 1)
                #expect(answers.allSatisfy { $0.bytes.count <= text.utf8.count })
            }
        }
    }

    @Test func `D13 a phone's own request over UDP is long enough to be answered`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let flow = try office.flow(over: .udp)
        let extra = Self.abilities + ["Contact: <\(phone.contact)>"]
        office.deliver(phone.request("REGISTER", to: "sip:\(Office.domain)", extra: extra), on: flow)
        #expect(office.received(on: flow).map(\.status) == [401])
    }

    @Test func `D15 one login has eight connections, and one more closes the oldest without a registration`() throws {
        var office = try Office()
        let lines = try (0..<8).map { index in
            var line = try Phone("phone-101-000001", in: &office, from: "192.0.2.50:\(50_000 + index)")
            if index < 2 {
                let contact = "sip:phone-101-000001@192.0.2.50:\(50_000 + index);transport=tls"
                #expect(try line.register(&office, contact: contact).status == 200)
            } else {
                #expect(try line.ask(&office, "OPTIONS", to: "sip:\(Office.domain)").last?.status == 200)
            }
            return line
        }
        #expect(office.closed.isEmpty && office.events.isEmpty)
        var more = try Phone("phone-101-000001", in: &office, from: "192.0.2.50:51000")
        #expect(try more.ask(&office, "OPTIONS", to: "sip:\(Office.domain)").last?.status == 200)
        #expect(office.closed == [lines[2].flow.id])
        #expect(office.events.map(\.kind) == [.accountLimit])
        #expect(office.events.first?.subject?.description == "'desk' of extension 101")
        office.disconnect(lines[2].flow)
        #expect(try more.ask(&office, "OPTIONS", to: "sip:\(Office.domain)").last?.status == 200)
        #expect(office.closed.count == 1)
    }

    @Test func `D02 strangers over UDP leave nothing behind, whatever they are answered`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let flow = try office.flow(over: .udp)
        for method in ["BYE", "CANCEL", "OPTIONS", "REGISTER", "INFO", "NONSENSE"] {
            for number in 0..<50 {
                let text = phone.request(
                    method,
                    to: "sip:\(Office.domain)",
                    toHeader: "<sip:101@\(Office.domain)>;tag=\(number)",
                    extra: Self.abilities
                )
                office.deliver(text, on: flow)
            }
        }
        #expect(office.switchboard.figures.transactions == 0)
        #expect(office.switchboard.nextDeadline == nil)
    }

    @Test(arguments: [
        ("multipart/mixed;boundary=b", "--b\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\n--c--\r\n--b--\r\n"),
        ("multipart/mixed;boundary=\"\"", "--\r\n"), ("multipart/mixed", ""),
    ])
    func `D09 a body of several parts is refused unread`(type: String, body: String) throws {
        try expectRefusal(of: type, body)
    }

    @Test(arguments: [
        "application/pidf+xml", "application/dialog-info+xml", "application/conference-info+xml", "text/xml",
    ])
    func `D16 an XML body is refused unread`(type: String) throws {
        try expectRefusal(of: type, "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>")
    }

    private func expectRefusal(of type: String, _ body: String) throws {
        var (office, caller, callee) = try Office.withPhones()
        let answers = try caller.ask(
            &office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            extra: ["Contact: <\(caller.contact)>"],
            body: body.isEmpty ? "x" : body,
            type: type
        )
        #expect(answers.last?.status == 415)
        #expect(office.received(on: callee.flow).isEmpty)
    }

    @Test func `D10 bytes that are no text do not stop anything and reach no record as they are`() throws {
        var office = try Office()
        let phone = try Phone("phone-101-000001", in: &office)
        for name in ["\u{FEFF}x", "a\u{202E}b", "\u{0}", "é\u{301}", "\u{85}\u{2028}"] {
            var copy = phone
            copy.client = name
            office.deliver(
                copy.request("REGISTER", to: "sip:\(Office.domain)", from: "\"\(name)\" <sip:x@y>"),
                on: phone.flow
            )
        }
        var other = try Phone("phone-101-000001", in: &office)
        #expect(try other.register(&office).status == 200)
        for event in office.events {
            #expect(
                event.detail.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 0x202E && $0.value != 0x2028 }
            )
        }
    }

    @Test func `D11 a connection that is gone in the middle of its calls leaves nothing behind`() throws {
        var (office, caller, callee) = try Office.withPhones()
        for number in 0..<5 { _ = try caller.call(&office, "102", callID: "burst-\(number)") }
        office.disconnect(caller.flow)
        office.wait(.seconds(120))
        #expect(office.switchboard.calls().isEmpty)
        #expect(office.switchboard.figures.transactions == 0)
        #expect(try callee.register(&office).status == 200)
    }

    @Test(arguments: [
        "abc", ";;;;", "eyJ.eyJ.x;info=<https://169.254.169.254/>;alg=ES256;ppt=shaken",
        "x;info=<file:///etc/passwd>", String(repeating: "e", count: 7_000),
    ])
    func `D17 a signed identity is no reason to fetch anything, and does not reach the called phone`(
        token: String
    ) throws {
        var (office, caller, callee) = try Office.withPhones()
        _ = try caller.ask(
            &office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            callID: "call-1",
            extra: ["Contact: <\(caller.contact)>", "Identity: \(token)"],
            body: SDP.offer()
        )
        let invite = try #require(office.received(on: callee.flow).first)
        #expect(!String(decoding: invite.bytes, as: UTF8.self).contains("Identity"))
    }

    @Test func `D18 five hundred Routes or parameters are read once, and no slower than their bytes`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let clock = ContinuousClock()
        for extra in [
            "Route: " + Array(repeating: "<sip:a;lr>", count: 500).joined(separator: ","),
            "Supported: " + (0..<900).map { "o\($0)" }.joined(separator: ","),
        ] {
            let text = phone.request("OPTIONS", to: "sip:\(Office.domain)", extra: [extra])
            #expect(clock.measure { office.deliver(text, on: phone.flow) } < .milliseconds(500))
        }
    }
}
