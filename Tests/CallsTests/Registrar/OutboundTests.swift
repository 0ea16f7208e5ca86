// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

private let instance = "<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"

extension Phone {
    /// Registers one connection as RFC 5626 §4.2.1 says.
    fileprivate mutating func registerFlow(
        _ office: inout Office,
        contact other: String? = nil,
        instance name: String = instance,
        number: String = "1",
        expires: Int = 600,
        fields: [String] = ["Supported: path, outbound"]
    ) throws -> Message {
        let value = "<\(other ?? contact)>;+sip.instance=\"\(name)\";reg-id=\(number);expires=\(expires)"
        return try register(&office, fields: ["Contact: \(value)"] + fields)
    }
}

@Suite("RFC 5626 §6: the registrar and a phone's connections")
struct OutboundTests {
    @Test func `the answer says that the connection is kept, and how often to show that it lives`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let answer = try phone.registerFlow(&office)
        #expect(answer.status == 200)
        #expect(answer.text("Require") == "outbound")
        #expect(answer.text("Flow-Timer") == "120")
        #expect(answer.text("Contact").hasSuffix(";+sip.instance=\"\(instance)\";reg-id=1"))
    }

    @Test func `a phone that reconnects from another port replaces its old binding`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        _ = try phone.registerFlow(&office, contact: "sip:a@192.0.2.50:50000")
        let old = phone.flow
        phone.flow = try office.flow(from: "192.0.2.50:51111")
        let answer = try phone.registerFlow(&office, contact: "sip:a@192.0.2.50:51111")
        #expect(answer.count(.contact) == 1)
        #expect(answer.text("Contact").hasPrefix("<sip:a@192.0.2.50:51111>"))
        #expect(office.switchboard.registrations().map(\.source.port) == [51_111])
        office.disconnect(old)
        #expect(office.switchboard.registrations().count == 1)
    }

    @Test func `two numbers are two connections, and a call rings over the later one only`() throws {
        var office = try Office()
        var phone = try Phone("phone-102-000001", in: &office)
        let first = phone.flow
        _ = try phone.registerFlow(&office, contact: "sip:one@192.0.2.50", number: "1")
        office.wait(.seconds(1))
        phone.flow = try office.flow(from: "192.0.2.50:51111")
        _ = try phone.registerFlow(&office, contact: "sip:two@192.0.2.50", number: "2")
        #expect(office.switchboard.registrations().count == 2)
        var caller = try Phone("phone-101-000001", in: &office)
        _ = try caller.call(&office, "102")
        #expect(office.received(on: phone.flow).map(\.method) == [.invite])
        #expect(office.received(on: first).isEmpty)
    }

    @Test func `when the later connection dies, calls go over the other`() throws {
        var office = try Office()
        var phone = try Phone("phone-102-000001", in: &office)
        let first = phone.flow
        _ = try phone.registerFlow(&office, contact: "sip:one@192.0.2.50", number: "1")
        phone.flow = try office.flow(from: "192.0.2.50:51111")
        _ = try phone.registerFlow(&office, contact: "sip:two@192.0.2.50", number: "2")
        office.disconnect(phone.flow)
        var caller = try Phone("phone-101-000001", in: &office)
        _ = try caller.call(&office, "102")
        #expect(office.received(on: first).map(\.method) == [.invite])
    }

    @Test func `two phones of one extension both ring, whatever numbers they give their connections`() throws {
        var office = try Office()
        var one = try Phone("phone-102-000001", in: &office)
        var two = try Phone("phone-102-000002", in: &office, from: "192.0.2.60:50000")
        _ = try one.registerFlow(&office)
        _ = try two.registerFlow(&office)
        var caller = try Phone("phone-101-000001", in: &office)
        _ = try caller.call(&office, "102")
        #expect(office.received(on: one.flow).map(\.method) == [.invite])
        #expect(office.received(on: two.flow).map(\.method) == [.invite])
    }

    @Test(arguments: [["Supported: path"], []])
    func `the number of a phone that does not say it knows RFC 5626 means nothing`(fields: [String]) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let answer = try phone.registerFlow(&office, fields: fields)
        #expect(answer.status == 200)
        #expect(answer.first(.require) == nil)
        #expect(!answer.text("Contact").contains("reg-id"))
    }

    @Test(arguments: ["0", "2147483648", "x", "99999999999999999999"])
    func `a number that is none means nothing`(number: String) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let answer = try phone.registerFlow(&office, number: number)
        #expect(answer.status == 200)
        #expect(!answer.text("Contact").contains("reg-id"))
    }

    @Test func `two connections in one request are refused`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let contacts = [1, 2].map { "<sip:a\($0)@192.0.2.50>;+sip.instance=\"\(instance)\";reg-id=\($0)" }
        let answer = try phone.register(
            &office,
            fields: ["Supported: outbound", "Contact: \(contacts.joined(separator: ", "))"]
        )
        #expect(answer.status == 400)
        #expect(office.switchboard.registrations().isEmpty)
    }

    @Test func `what requires outbound is served, and what requires another extension is not`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        #expect(try phone.registerFlow(&office, fields: ["Require: outbound"]).status == 200)
        let refused = try phone.registerFlow(&office, fields: ["Require: outbound, gin"])
        #expect(refused.status == 420)
        #expect(refused.text("Unsupported") == "gin")
    }

    @Test func `a phone behind another hop has no connection to keep`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let answer = try phone.registerFlow(
            &office,
            fields: ["Via: SIP/2.0/TLS 192.0.2.77;branch=z9hG4bK-hop", "Supported: outbound"]
        )
        #expect(answer.status == 439)
        #expect(office.switchboard.registrations().isEmpty)
    }

    @Test func `another phone with the same secret is noticed`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        _ = try phone.registerFlow(&office)
        _ = try phone.registerFlow(&office, number: "2")
        #expect(office.events.isEmpty)
        _ = try phone.registerFlow(&office, instance: "<urn:uuid:11111111-0000-1000-8000-000A95A0E128>")
        #expect(office.events.map(\.kind) == [.otherInstance])
        #expect(office.events.first?.subject?.description == "'desk' of extension 101")
    }

    @Test func `another phone with the same secret is noticed also after a restart`() throws {
        var before = try Office()
        var phone = try Phone("phone-101-000001", in: &before)
        _ = try phone.registerFlow(&before)
        var after = try Office(recalling: before.logins)
        _ = try phone.registerFlow(&after)
        #expect(after.events.isEmpty)
        var copy = try Phone("phone-101-000001", in: &after, from: "203.0.113.9:40000")
        _ = try copy.registerFlow(&after, instance: "<urn:uuid:11111111-0000-1000-8000-000A95A0E128>")
        #expect(after.events.map(\.kind) == [.otherInstance])
    }
}

@Suite("RFC 3261 §16.4 and RFC 5626 §5.3, ATTACKS S02: a Route that was loaded")
struct LoadedRouteTests {
    @Test(arguments: [
        ("<sip:pbx.office.example:5061;transport=tls;lr>", 200), ("<sip:proxy@office.example;lr>", 200),
        ("<sip:b2ZmZXJlZA@pbx.office.example;lr>", 200), ("<sip:proxy@198.51.100.7;lr>", 403),
        ("<sip:pbx.office.example;lr>, <sip:198.51.100.7;lr>", 403), ("<sip:198.51.100.7;lr>", 403),
    ])
    func `may name us with any user part, which leads nowhere, and nobody else`(route: String, status: Int) throws {
        var (office, caller, callee) = try Office.withPhones()
        let fields = ["Contact: <\(caller.contact)>", "Route: \(route)"]
        #expect(try caller.register(&office, fields: fields).status == status)
        #expect(try caller.ask(&office, "OPTIONS", to: "sip:\(Office.domain)", extra: fields).last?.status == status)
        _ = try caller.ask(&office, "INVITE", to: "sip:102@\(Office.domain)", extra: fields, body: SDP.offer())
        let invite = office.received(on: callee.flow).first
        #expect((invite != nil) == (status == 200))
        #expect(invite?.count(.route) ?? 0 == 0)
    }
}

@Suite("RFC 3327 §5.3: a Path")
struct PathTests {
    @Test func `is refused, because it names where calls would be sent`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let answer = try phone.register(
            &office,
            fields: ["Contact: <\(phone.contact)>", "Path: <sip:198.51.100.7;lr>", "Supported: path"]
        )
        #expect(answer.status == 420)
        #expect(answer.text("Unsupported") == "path")
        #expect(office.switchboard.registrations().isEmpty)
    }
}

@Suite("RFC 5630 §5.1.1 and §5.2, ATTACKS K02: a sips contact")
struct SIPSContactTests {
    @Test(arguments: [(Transport.tls, 200), (.tcp, 400), (.udp, 400)])
    func `is taken over TLS only`(transport: Transport, status: Int) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        phone.flow = try office.flow(over: transport)
        // Long enough for an answer over UDP (row D13).
        phone.client = String(repeating: "TestPhone ", count: 40)
        #expect(try phone.register(&office, contact: "sips:a@192.0.2.50").status == status)
    }
}

@Suite("RFC 3581 §4: answers go back where the request came from")
struct ResponseRoutingTests {
    @Test func `over UDP, whatever the Via says`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        phone.flow = try office.flow(from: "203.0.113.9:4444", over: .udp)
        // Long enough for an answer over UDP (row D13).
        phone.client = String(repeating: "TestPhone ", count: 40)
        office.deliver(phone.request("REGISTER", to: "sip:\(Office.domain)"), on: phone.flow)
        let answer = try #require(office.received(on: phone.flow).last)
        #expect(answer.text("Via").contains(";received=203.0.113.9;rport=4444"))
    }
}
