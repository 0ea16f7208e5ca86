// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import Testing

/// A caller on 101 and a callee on 102, each on a flow of its own.
private struct Pair {
    var office: Office
    var caller: Phone
    var callee: Phone

    init(caller callerFlow: (inout Office) throws -> Flow, callee calleeFlow: (inout Office) throws -> Flow) throws {
        office = try Office()
        caller = try Phone("phone-101-000001", in: &office)
        callee = try Phone("phone-102-000001", in: &office)
        caller.flow = try callerFlow(&office)
        callee.flow = try calleeFlow(&office)
        #expect(try caller.register(&office).status == 200)
    }

    static func desk(_ office: inout Office) throws -> Flow { try office.flow() }

    static func browser(_ office: inout Office) throws -> Flow {
        try office.flow(from: "192.0.2.60:51000", over: .wss, to: "192.0.2.1:8443")
    }

    static func newDesk(_ office: inout Office) throws -> Flow {
        try office.flow(from: "[2001:db8::50]:50000", to: "[2001:db8::1]:5061")
    }
}

private func text(_ message: Message) -> String { String(decoding: message.bytes, as: UTF8.self) }

@Suite("RFC 7118 §5 and §7 SIP over WebSockets in the switchboard")
struct WebSocketTransportTests {
    /// A browser does not know its own address (§5.4), so its Contact names a host that never exists.
    private static let contact = "sip:p1u2x3@df7jal23ls0d.invalid;transport=ws"

    @Test func `a browser registers under a name that leads nowhere, and is rung over its WebSocket`() throws {
        var pair = try Pair(caller: Pair.desk, callee: Pair.browser)
        #expect(try pair.callee.register(&pair.office, contact: Self.contact).status == 200)
        #expect(pair.office.switchboard.registrations().map(\.transport) == [.tls, .wss])
        _ = try pair.caller.call(&pair.office, "102")
        let invite = try #require(pair.office.received(on: pair.callee.flow).first)
        #expect(invite.string(invite.requestURI) == Self.contact)
        #expect(text(invite).contains("Via: SIP/2.0/WSS pbx.office.example:8443;"))
        #expect(text(invite).contains("Contact: <sip:pbx.office.example:8443;transport=ws>"))
    }

    @Test func `it may use MD5, which over TCP nobody may`() throws {
        for (transport, status) in [(Transport.wss, 200), (.tls, 200), (.tcp, 401)] {
            var office = try Office()
            var phone = try Phone("phone-101-000001", in: &office)
            phone.client = "SIP.js/0.21.2"
            phone.flow = try office.flow(over: transport)
            #expect(try phone.register(&office, contact: Self.contact).status == status)
        }
    }

    @Test func `it may call, because nobody on the way reads the keys`() throws {
        var pair = try Pair(caller: Pair.browser, callee: Pair.desk)
        #expect(try pair.callee.register(&pair.office).status == 200)
        #expect(try pair.caller.call(&pair.office, "102").map(\.status) == [100])
        #expect(pair.office.received(on: pair.callee.flow).map(\.method) == [.invite])
    }

    @Test func `a message that breaks the rules closes its WebSocket`() throws {
        var office = try Office()
        let flow = try Pair.browser(&office)
        office.deliver("NONSENSE\r\n\r\n", on: flow)
        #expect(office.closed == [flow.id])
    }
}

@Suite("Control media-encryption: keys go where nobody reads them")
struct KeyDeliveryTests {
    @Test(arguments: [Transport.tcp, .udp])
    func `K02 a phone that is reached in the clear is not rung`(transport: Transport) throws {
        var pair = try Pair(caller: Pair.desk, callee: { try $0.flow(over: transport) })
        // Long enough for an answer over UDP (row D13).
        pair.callee.client = String(repeating: "TestPhone ", count: 60)
        #expect(try pair.callee.register(&pair.office).status == 200)
        let answers = try pair.caller.call(&pair.office, "102")
        #expect(answers.map(\.status) == [100, 480])
        #expect(pair.office.received(on: pair.callee.flow).isEmpty)
    }
}

@Suite("RFC 6157 §3 phones on two versions of IP")
struct TwoFamiliesTests {
    @Test func `each phone is told our address of its own version`() throws {
        var pair = try Pair(caller: Pair.desk, callee: Pair.newDesk)
        #expect(
            try pair.callee.register(&pair.office, contact: "sip:102@[2001:db8::50]:50000;transport=tls").status == 200
        )
        _ = try pair.caller.call(&pair.office, "102")
        let invite = try #require(pair.office.received(on: pair.callee.flow).first)
        #expect(text(invite).contains("c=IN IP6 2001:db8::1\r\n"))
        #expect(text(invite).contains("m=audio 40002 RTP/SAVP"))
        let answered = SDP.answer(to: invite).replacing("IN IP4 192.0.2.50", with: "IN IP6 2001:db8::50")
        pair.office.deliver(pair.callee.answer(invite, 200, sdp: answered), on: pair.callee.flow)
        let answer = try #require(pair.office.received(on: pair.caller.flow).last)
        #expect(answer.status == 200)
        #expect(text(answer).contains("c=IN IP4 192.0.2.1\r\n"))
        #expect(text(answer).contains("m=audio 40000 RTP/SAVP"))
        guard case .open(_, .network(let a), .network(let b))? = pair.office.media.first else {
            Issue.record("no relay")
            return
        }
        #expect(a.address?.ip == IPAddress(parsing: "192.0.2.50"))
        #expect(b.address?.ip == IPAddress(parsing: "2001:db8::50"))
    }

    @Test func `an answer goes by the address in the offer, not by the way it came`() throws {
        var pair = try Pair(caller: Pair.newDesk, callee: Pair.desk)
        #expect(try pair.callee.register(&pair.office).status == 200)
        _ = try pair.caller.call(&pair.office, "102", sdp: SDP.offer(address: "192.0.2.50"))
        let invite = try #require(pair.office.received(on: pair.callee.flow).first)
        pair.office.deliver(pair.callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: pair.callee.flow)
        let answer = try #require(pair.office.received(on: pair.caller.flow).last)
        #expect(text(answer).contains("c=IN IP4 192.0.2.1\r\n"))
    }

    @Test(arguments: ["2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:0db8::0001"])
    func `our IPv6 address is ours in every spelling`(spelling: String) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        phone.flow = try Pair.newDesk(&office)
        #expect(try phone.ask(&office, "OPTIONS", to: "sip:[\(spelling)]").map(\.status) == [200])
        #expect(try phone.ask(&office, "OPTIONS", to: "sip:[2001:db8::2]").map(\.status) == [404])
    }

    /// RFC 3261 §25.1 `IPv6reference`, RFC 5118 §4.
    @Test func `the IPv6 address that a phone came by stands in brackets where the phone comes back to`() throws {
        var pair = try Pair(caller: Pair.newDesk, callee: Pair.desk)
        #expect(try pair.callee.register(&pair.office).status == 200)
        let route = "Route: <sip:[2001:db8::1]:5061;transport=tls;lr>"
        _ = try pair.caller.ask(
            &pair.office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            callID: "call-1",
            extra: ["Contact: <\(pair.caller.contact)>", route],
            body: SDP.offer()
        )
        let invite = try #require(pair.office.received(on: pair.callee.flow).first)
        pair.office.deliver(pair.callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: pair.callee.flow)
        let answer = try #require(pair.office.received(on: pair.caller.flow).last)
        #expect(answer.text(.contact) == "<sip:[2001:db8::1]:5061;transport=tls>")
        #expect(throws: Never.self) { try answer.contacts() }
    }
}

@Suite("RFC 5626 §8 and RFC 5769: keep-alive of a phone over UDP")
struct DatagramKeepAliveTests {
    private static let request: [UInt8] =
        [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42] + [0xB7, 0xE7, 0xA7, 0x01, 0xBC, 0x34, 0xD6, 0x86, 0xFA, 0x87, 0xDF, 0xAE]

    /// An office with a phone on UDP that is registered, and a stranger.
    private func makeOffice() throws -> (Office, phone: Flow, stranger: Flow) {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        phone.flow = try office.flow(from: "192.0.2.1:32853", over: .udp)
        // Long enough for an answer over UDP (row D13).
        phone.client = String(repeating: "TestPhone ", count: 40)
        #expect(try phone.register(&office).status == 200)
        return (office, phone.flow, try office.flow(from: "203.0.113.9:32853", over: .udp))
    }

    @Test func `a phone that is registered is told its address, and a stranger nothing`() throws {
        var (office, phone, stranger) = try makeOffice()
        let answers = [phone, stranger].map { office.raw(Self.request, on: $0) }
        #expect(answers[0].map(\.count) == [32])
        #expect(answers[0].first?.suffix(8) == [0, 1, 0xA1, 0x47, 0xE1, 0x12, 0xA6, 0x43])
        #expect(answers[1].isEmpty)
        #expect(office.events.isEmpty)
    }

    @Test(arguments: ["\r\n\r\n", "\r\n", "\0\0\0\0"])
    func `line ends and zeros keep a way open, and nobody is suspected for them`(text: String) throws {
        var (office, phone, stranger) = try makeOffice()
        for flow in [phone, stranger] { #expect(office.raw(Array(text.utf8), on: flow).isEmpty) }
        #expect(office.events.isEmpty)
    }

    @Test func `over a stream the same bytes are no SIP`() throws {
        var office = try Office()
        let flow = try office.flow()
        #expect(office.raw(Self.request, on: flow).isEmpty)
        #expect(office.closed == [flow.id])
        #expect(office.events.map(\.kind) == [.malformed])
    }
}
