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
        var (office, _, callee) = try Office.withPhones()
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
        var (office, caller, callee) = try Office.withPhones()
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
        var scene = try Scene()
        _ = scene.callerSays("BYE")
        let bye = try #require(scene.office.received(on: scene.callee.flow).last)
        #expect(bye.method == .bye)
        let challenge = "WWW-Authenticate: Digest realm=\"102\", nonce=\"x\", qop=\"auth\""
        scene.office.deliver(scene.callee.answer(bye, 401, extra: [challenge]), on: scene.callee.flow)
        scene.office.wait(.seconds(10))
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
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
        var (office, caller, callee) = try Office.withPhones()
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
        #expect(office.events.last?.subject?.description == name)
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
        var (office, caller, callee) = try Office.withPhones()
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
        var (office, caller, callee) = try Office.withPhones()
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
        var (office, caller, callee) = try Office.withPhones()
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
        var (office, caller, callee) = try Office.withPhones()
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
