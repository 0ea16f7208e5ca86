// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

/// Rows of the attack catalogue at the switchboard, where nothing but the message decides.
@Suite("Control intrusion-detection: rows of the attack catalogue")
struct AttackRowTests {
    @Test func `S01 a call without a login rings nobody and leaves no record`() throws {
        var (office, _, callee) = try CallTests.phones()
        var stranger = try Phone("phone-103-000001", in: &office, from: "203.0.113.9:40000")
        for number in ["102", "00441632960000", "+441632960000", "9011441632960000", "*97"] {
            let text = stranger.request("INVITE", to: "sip:\(number)@\(Office.domain)", body: SDP.offer())
            office.deliver(text, on: stranger.flow)
            #expect(office.received(on: stranger.flow).map(\.status) == [401])
        }
        #expect(office.received(on: callee.flow).isEmpty)
        #expect(office.records.isEmpty)
    }

    @Test(arguments: [407, 401])
    func `C06 a phone that challenges the server gets no login, and the call is over`(status: Int) throws {
        var (office, caller, callee) = try CallTests.phones()
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        let challenge =
            "\(status == 407 ? "Proxy" : "WWW")-Authenticate: Digest realm=\"102\", nonce=\"x\", qop=\"auth\""
        office.deliver(callee.answer(invite, status, extra: [challenge]), on: callee.flow)
        office.wait(.seconds(10))
        let heard = office.received(on: callee.flow)
        #expect(heard.map(\.method) == [.ack])
        #expect(heard.allSatisfy { !String(decoding: $0.bytes, as: UTF8.self).contains("Authorization") })
        #expect((office.received(on: caller.flow).last?.status ?? 0) >= 400)
        #expect(office.switchboard.calls().isEmpty)
    }

    @Test func `C06 a challenge to BYE gets no login either`() throws {
        var (office, caller, callee, answer, _) = try CallTests.talking()
        office.deliver(caller.inDialog("BYE", of: answer), on: caller.flow)
        let bye = try #require(office.received(on: callee.flow).last)
        #expect(bye.method == .bye)
        let challenge = "WWW-Authenticate: Digest realm=\"102\", nonce=\"x\", qop=\"auth\""
        office.deliver(callee.answer(bye, 401, extra: [challenge]), on: callee.flow)
        office.wait(.seconds(10))
        #expect(office.received(on: callee.flow).isEmpty)
    }

    @Test(arguments: [Transport.tcp, .udp])
    func `C08 what can be overheard is never computed with MD5, whatever the client says of itself`(
        transport: Transport
    ) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        phone.client = "baresip v1.0.0 (x86_64/linux) and a long word so that the answer is not longer than the request"
        phone.flow = try office.flow(over: transport)
        let abilities = ["Allow: \(String(repeating: "INVITE, ", count: 20))ACK", "Contact: <\(phone.contact)>"]
        office.deliver(phone.request("REGISTER", to: "sip:\(Office.domain)", extra: abilities), on: phone.flow)
        let challenge = try #require(office.received(on: phone.flow).last)
        let proof = try phone.authorization(for: challenge, method: "REGISTER", uri: "sip:\(Office.domain)")
        let text = phone.request(
            "REGISTER",
            to: "sip:\(Office.domain)",
            toHeader: "<\(phone.uri)>",
            extra: abilities + [proof]
        )
        office.deliver(text, on: phone.flow)
        #expect(proof.contains("algorithm=MD5"))
        #expect(office.switchboard.registrations().isEmpty)
    }

    @Test(arguments: [
        "Digest", "Digest username=\"a", "Digest username=\"a\", realm=\"office.example\"", "Basic YTpi", "Bearer x",
        "",
        "Digest ,,,,=,=\"\",",
        "Digest username=\"a\", username=\"b\", realm=\"r\", nonce=\"n\", uri=\"u\", response=\"r\"",
        "Digest username=\"a\", realm=\"office.example\", nonce=\"n\", uri=\"sip:office.example\", "
            + "response=\"0123456789abcdef0123456789abcdef\", algorithm=SHA-256, qop=auth, cnonce=\"c\", nc=xyz",
        "Digest username*=UTF-8''a, realm=\"office.example\", nonce=\"n\", uri=\"u\", response=\"r\", userhash=true",
    ])
    func `C09 a login that no phone would write is refused, and costs nothing more than its bytes`(value: String) throws
    {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let text = phone.request("REGISTER", to: "sip:\(Office.domain)", extra: ["Authorization: \(value)"])
        office.deliver(text, on: phone.flow)
        let status = office.received(on: phone.flow).last?.status
        #expect(status == 400 || status == 401)
        #expect(office.switchboard.figures.transactions == 0)
    }

    @Test(arguments: [
        "X-Bypass-me : 1", "X-Authenticated-User: 101", "Authorization : none", "P-Asserted-Identity: <sip:101@x>",
    ])
    func `C10 no header is a way past the login, however it is written`(header: String) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        office.deliver(phone.request("REGISTER", to: "sip:\(Office.domain)", extra: [header]), on: phone.flow)
        let status = office.received(on: phone.flow).last?.status
        #expect(status == 401 || status == 400)
    }

    @Test func `C11 the address of a registered phone is no credential`() throws {
        var (office, caller, callee) = try CallTests.phones()
        let other = try office.flow(from: caller.flow.remote.description)
        office.deliver(caller.request("INVITE", to: "sip:102@\(Office.domain)", body: SDP.offer()), on: other)
        #expect(office.received(on: other).map(\.status) == [401])
        #expect(office.received(on: callee.flow).isEmpty)
    }

    @Test(arguments: ["' OR '1'='1", "*)(uid=*", "${jndi:ldap://x/a}", "$(reboot)", "../../etc/passwd", "%s%n"])
    func `C12 a user name is a name, whatever is in it`(name: String) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        office.deliver(phone.request("REGISTER", to: "sip:\(Office.domain)"), on: phone.flow)
        let challenge = try #require(office.received(on: phone.flow).last)
        let uri = "sip:\(Office.domain)"
        let proof = try phone.authorization(for: challenge, method: "REGISTER", uri: uri, username: name)
        office.deliver(phone.request("REGISTER", to: uri, extra: [proof]), on: phone.flow)
        #expect(office.received(on: phone.flow).last?.status == 401)
        #expect(office.events.last?.subject == name)
    }

    /// The headers that reach a called phone. A new one gets here when somebody has decided that it may.
    private static let passedOn: Set<String> = [
        "via", "max-forwards", "from", "to", "call-id", "cseq", "contact", "content-type", "content-length", "allow",
        "supported", "session-expires", "min-se", "require", "user-agent", "p-asserted-identity", "privacy",
    ]

    @Test func `S08 what a caller claims of himself and of others does not reach the called phone`() throws {
        let claims = [
            "P-Preferred-Identity: <sip:100@evil.example>", "Remote-Party-ID: <sip:100@evil.example>",
            "P-Asserted-Identity: <sip:100@evil.example>", "Diversion: <sip:100@evil.example>",
            "History-Info: <sip:100@evil.example>;index=1", "P-Charging-Vector: icid-value=1",
            "Identity: e30.e30.x;info=<https://evil.example/>",
        ]
        let invite = try called(with: claims)
        #expect(!String(decoding: invite.bytes, as: UTF8.self).contains("evil.example"))
        #expect(names(in: invite).isSubset(of: Self.passedOn), "\(names(in: invite).subtracting(Self.passedOn))")
    }

    @Test func `S09 only headers of a closed list are passed on, and no address to fetch something from`() throws {
        let invite = try called(with: [
            "X-Account: 1", "X-Auth: ok", "Alert-Info: <http://evil.example/a.wav>",
            "Call-Info: <http://evil.example/>",
            "Subject: evil.example", "Organization: evil.example", "Reply-To: <sip:evil.example>",
            "Priority: emergency",
        ])
        #expect(!String(decoding: invite.bytes, as: UTF8.self).contains("evil.example"))
        #expect(names(in: invite).isSubset(of: Self.passedOn), "\(names(in: invite).subtracting(Self.passedOn))")
    }

    private func called(with extra: [String]) throws -> Message {
        var (office, caller, callee) = try CallTests.phones()
        let contact = "Contact: <\(caller.contact)>"
        _ = try caller.ask(
            &office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            callID: "call-1",
            extra: [contact] + extra,
            body: SDP.offer()
        )
        return try #require(office.received(on: callee.flow).first)
    }

    private func names(in message: Message) -> Set<String> {
        let head = String(decoding: message.bytes, as: UTF8.self).split(separator: "\r\n\r\n")[0]
        return Set(head.split(separator: "\r\n").dropFirst().map { $0.prefix { $0 != ":" }.lowercased() })
    }

    @Test(arguments: [
        ("REGISTER", "sip:office.example", "<sip:a@192.0.2.50?Authorization=x>"),
        ("INVITE", "sip:102@office.example?Route=%3Csip:evil.example%3E", "<sip:phone-101-000001@192.0.2.50:50000>"),
    ])
    func `S11 headers inside of an address are refused, and become none`(
        method: String,
        target: String,
        contact: String
    ) throws {
        var (office, caller, callee) = try CallTests.phones()
        let text = caller.request(
            method,
            to: target,
            toHeader: "<\(caller.uri)>",
            extra: ["Contact: \(contact)"],
            body: method == "INVITE" ? SDP.offer() : ""
        )
        office.deliver(text, on: caller.flow)
        if office.received(on: caller.flow).last?.status == 401 {
            let answers = try caller.ask(
                &office,
                method,
                to: target,
                toHeader: "<\(caller.uri)>",
                extra: ["Contact: \(contact)"],
                body: method == "INVITE" ? SDP.offer() : ""
            )
            #expect(answers.last?.status == 400)
        }
        #expect(office.received(on: callee.flow).isEmpty)
        #expect(office.switchboard.registrations().count == 2)
    }

    @Test(arguments: ["sip:103@office.example", "sip:+9601234567@office.example", "sip:102@office.example?Replaces=x"])
    func `S23 REFER outside of a call calls nobody`(target: String) throws {
        var (office, caller, callee) = try CallTests.phones()
        let answers = try caller.ask(
            &office,
            "REFER",
            to: "sip:102@\(Office.domain)",
            extra: ["Refer-To: <\(target)>", "Contact: <\(caller.contact)>"]
        )
        #expect((400..<500).contains(answers.last?.status ?? 0))
        #expect(office.received(on: callee.flow).isEmpty)
        #expect(office.records.isEmpty)
    }

    @Test func `S19 an answer from another connection than the question went to answers nothing`() throws {
        var (office, caller, callee) = try CallTests.phones()
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        let eavesdropper = try office.flow(from: "203.0.113.9:40000")
        for status in [180, 200, 302, 486] {
            office.deliver(callee.answer(invite, status, sdp: SDP.answer(to: invite)), on: eavesdropper)
        }
        #expect(office.received(on: caller.flow).allSatisfy { $0.status == 100 })
        #expect(office.received(on: eavesdropper).isEmpty)
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        #expect(office.received(on: caller.flow).last?.status == 200)
    }

    @Test(arguments: ["SIP/2.0 200 OK", "SIP/2.0 302 Moved", "SIP/2.0 999 Big", "SIP/2.0 1000 Bigger"])
    func `S19 an answer to nothing is dropped, and no Via is followed`(line: String) throws {
        var office = try Office()
        let flow = try office.flow()
        let text = [
            line, "Via: SIP/2.0/TLS pbx.office.example;branch=z9hG4bKmade-up",
            "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bKx",
            "From: <sip:a@x>;tag=1", "To: <sip:b@x>;tag=2", "Call-ID: x", "CSeq: 1 INVITE", "Content-Length: 0", "", "",
        ].joined(separator: "\r\n")
        office.deliver(text, on: flow)
        #expect(office.inbox.isEmpty)
    }
}

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
        var (office, caller, callee) = try CallTests.phones()
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
        var (office, caller, callee) = try CallTests.phones()
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
        var (office, caller, callee) = try CallTests.phones()
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
