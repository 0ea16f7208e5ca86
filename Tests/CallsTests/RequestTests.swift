// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 3261 §8.2.2, §8.2.3 and RFC 3329 §2.3: what is refused of a request that may be made")
struct RequestTests {
    @Test(arguments: ["100rel2", "sec-agree", "precondition, resource-priority"])
    func `an extension that is required and not known is named in the refusal`(option: String) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let answer = try phone.ask(
            &office,
            "OPTIONS",
            to: "sip:102@\(Office.domain)",
            extra: ["Require: \(option)"]
        ).last
        #expect(answer?.status == 420)
        #expect(answer?.text("Unsupported") == option)
    }

    @Test func `an extension that is required cannot be asked for before the secret was right`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let text = phone.request("OPTIONS", to: "sip:102@\(Office.domain)", extra: ["Require: sec-agree"])
        office.deliver(text, on: phone.flow)
        #expect(office.received(on: phone.flow).map(\.status) == [401])
    }

    @Test func `a scheme that is not known is refused as such`() throws {
        var office = try Office()
        let phone = try Phone("phone-101-000001", in: &office)
        var asking = phone
        office.deliver(asking.request("OPTIONS", to: "mailto:x@\(Office.domain)"), on: phone.flow)
        #expect(office.received(on: phone.flow).map(\.status) == [416])
    }

    @Test func `a body that is no media description is refused with what would be taken`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        var callee = try Phone("phone-102-000001", in: &office, from: "192.0.2.60:50000")
        try callee.register(&office)
        let answer = try phone.ask(
            &office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            extra: ["Contact: <\(phone.contact)>"],
            body: "<x/>",
            type: "text/xml"
        ).last
        #expect(answer?.status == 415)
        #expect(office.received(on: callee.flow).isEmpty)
    }
}

@Suite("RFC 3261 §11: OPTIONS")
struct OptionsTests {
    @Test func `tells a phone what the switchboard can do`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let answer = try #require(try phone.ask(&office, "OPTIONS", to: "sip:\(Office.domain)").last)
        #expect(answer.status == 200)
        let methods = answer.options(.allow)
        for method in ["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "REGISTER", "SUBSCRIBE", "MESSAGE"] {
            #expect(methods.contains(method), "\(method)")
        }
        #expect(answer.text("Accept") == "application/sdp")
        #expect(answer.options(.allowEvents) == ["dialog", "message-summary", "presence", "reg"])
        #expect(
            answer.options(.supported).sorted() == ["100rel", "gruu", "norefersub", "outbound", "replaces", "timer"]
        )
    }

    @Test func `tells a stranger nothing`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        office.deliver(phone.request("OPTIONS", to: "sip:\(Office.domain)"), on: phone.flow)
        let answer = try #require(office.received(on: phone.flow).last)
        #expect(answer.status == 401)
        for name in ["Allow", "Supported", "Server", "Accept", "Allow-Events"] {
            #expect(answer.first(named: name) == nil, "\(name)")
        }
    }
}

@Suite("RFC 3261 §26.3.2.4: a challenge over UDP")
struct ChallengeOnceTests {
    @Test func `is sent once for each request and kept for nobody`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        phone.flow = try office.flow(over: .udp)
        let text = phone.request("INVITE", to: "sip:102@\(Office.domain)", body: SDP.offer())
        office.deliver(text, on: phone.flow)
        office.wait(.seconds(64))
        #expect(office.received(on: phone.flow).map(\.status) == [401])
        #expect(office.switchboard.figures.transactions == 0)
        #expect(office.switchboard.nextDeadline == nil)
    }
}

@Suite("RFC 3261 §8.2.7, ATTACKS D02: what a stranger leaves behind over UDP")
struct StrangerStateTests {
    @Test(arguments: ["BYE", "INVITE", "CANCEL", "SUBSCRIBE", "OPTIONS", "BROKEN"])
    func `is nothing, whatever it is told`(method: String) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        phone.flow = try office.flow(over: .udp)
        let target = "sip:101@\(Office.domain)"
        var text = phone.request(method, to: target, toHeader: "<\(target)>;tag=made-up")
        if method == "BROKEN" { text = text.replacing("CSeq: ", with: "CSeq: x") }
        office.deliver(text, on: phone.flow)
        #expect(office.received(on: phone.flow).count == 1)
        #expect(office.switchboard.figures.transactions == 0)
        #expect(office.switchboard.nextDeadline == nil)
    }
}

@Suite("RFC 6026 §8.4 and RFC 3261 §18.1.2, ATTACKS S19: answers that nobody asked for")
struct StrayResponseTests {
    @Test(arguments: [100, 180, 200, 302, 401, 407, 503, 699])
    func `go nowhere and do nothing`(status: Int) throws {
        var office = try Office()
        var caller = try Phone("phone-101-000001", in: &office)
        var callee = try Phone("phone-102-000001", in: &office, from: "192.0.2.60:50000")
        try callee.register(&office)
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).last)
        let other = try office.flow(from: "198.51.100.66:50000")
        // The right branch from the wrong connection, and the right connection with a wrong branch.
        office.deliver(callee.answer(invite, status, sdp: SDP.answer(to: invite)), on: other)
        let guessed = callee.answer(invite, status).replacing("z9hG4bK", with: "z9hG4bKx")
        office.deliver(guessed, on: callee.flow)
        #expect(office.received(on: other).isEmpty)
        #expect(office.received(on: callee.flow).isEmpty)
        #expect(office.received(on: caller.flow).isEmpty)
        #expect(office.switchboard.figures.dropped == 2)
    }
}

@Suite("RFC 3325 §5, ATTACKS S08: identities that a phone asserts itself")
struct AssertedIdentityTests {
    @Test func `are not passed on`() throws {
        var office = try Office()
        var caller = try Phone("phone-101-000001", in: &office)
        var callee = try Phone("phone-102-000001", in: &office, from: "192.0.2.60:50000")
        try callee.register(&office)
        let claims = [
            "P-Asserted-Identity: \"CEO\" <sip:100@\(Office.domain)>", "Remote-Party-ID: <sip:100@\(Office.domain)>",
            "Diversion: <sip:100@\(Office.domain)>", "History-Info: <sip:100@\(Office.domain)>;index=1",
            "Identity: x;info=<https://198.51.100.7/>", "Call-Info: <http://198.51.100.7/>;purpose=icon",
            "Alert-Info: <http://198.51.100.7/x.wav>", "X-Account: 1",
        ]
        _ = try caller.ask(
            &office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            extra: claims + ["Contact: <\(caller.contact)>"],
            body: SDP.offer()
        )
        let invite = try #require(office.received(on: callee.flow).last)
        let text = String(decoding: invite.bytes, as: UTF8.self)
        for claim in claims {
            #expect(!text.contains(claim.prefix { $0 != ":" }), "\(claim)")
        }
        #expect(!text.contains("198.51.100.7"))
        #expect(invite.text("From").hasPrefix("\"Desk 101\" <sip:101@office.example>"))
    }
}

@Suite("RFC 3261 §21.4.6: a method that is not allowed here")
struct RefusedMethodTests {
    @Test(arguments: ["MESSAGE", "SUBSCRIBE", "INFO", "PUBLISH"])
    func `is not in the Allow of its refusal inside a call`(method: String) throws {
        var scene = try Scene()
        let answer = scene.callerSays(method).last
        #expect(answer?.status == 405)
        #expect(answer?.options(.allow).contains(method) == false)
        #expect(answer?.options(.allow).contains("BYE") == true)
        #expect(scene.isStanding)
    }

    @Test(arguments: ["UPDATE", "PRACK", "INFO"]) func `nor outside of one`(method: String) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let answer = try phone.ask(&office, method, to: "sip:102@\(Office.domain)").last
        #expect(answer?.status == 405)
        #expect(answer?.options(.allow).contains(method) == false)
    }
}

@Suite("RFC 3261 §15.1.2: a BYE of no call")
struct StrayByeTests {
    @Test func `is told that there is none, and nothing ends`() throws {
        var scene = try Scene()
        let answers = try scene.caller.ask(&scene.office, "BYE", to: "sip:102@\(Office.domain)")
        #expect(answers.map(\.status) == [481])
        #expect(scene.isStanding)
    }
}

@Suite("RFC 3903 §4: a publication")
struct PublicationTests {
    @Test func `is refused: presence is what the switchboard itself sees`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let answer = try phone.ask(&office, "PUBLISH", to: "sip:101@\(Office.domain)", extra: ["Event: presence"]).last
        #expect(answer?.status == 405)
        #expect(answer?.options(.allow).contains("PUBLISH") == false)
    }
}
