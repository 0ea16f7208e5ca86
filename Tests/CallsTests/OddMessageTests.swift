// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import Testing

@Suite("RFC 3261 §7.3.1, §21.4.1 and §8.1.3, ATTACKS D06: messages with odd fields, whose end is known")
struct OddMessageTests {
    /// Fields that nobody acts on.
    static let harmless = [
        ["User-Agent: Other/1.0"], ["Server: a", "Server: b"], ["Subject: a", "Subject: b"],
        ["Date: Sat, 13 Nov 2010 23:29:00 GMT", "Date: x"], ["Organization: a", "Organization: b"],
    ]
    /// Fields of which two are two opinions, and lines that are none.
    static let odd = [
        ["Max-Forwards: 70"], ["Min-SE: 90", "Min-SE: 120"], ["Content-Type: a/b", "Content-Type: c/d"],
        ["Expires: 60", "Expires: 90"], ["no colon here"], (1...120).map { "X-Field: \($0)" },
    ]

    @Test(arguments: harmless) func `the first of several counts where nobody acts on it`(fields: [String]) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let answer = try phone.register(&office, fields: ["Contact: <\(phone.contact)>"] + fields)
        #expect(answer.status == 200)
        #expect(office.closed.isEmpty && office.events.isEmpty)
        #expect(office.switchboard.registrations().first?.userAgent == "TestPhone/1.0")
    }

    @Test(arguments: odd)
    func `a request of a phone is refused, and its connection, its registration and its call stay`(
        fields: [String]
    ) throws {
        var scene = try Scene()
        let answers = scene.callerSays("UPDATE", extra: fields)
        #expect(answers.map(\.status) == [fields.count > 100 ? 513 : 400])
        #expect(scene.office.closed.isEmpty && scene.isStanding)
        #expect(scene.office.switchboard.registrations().count == 2)
        #expect(scene.office.events.map(\.kind) == [.malformed])
        #expect(scene.callerSays("UPDATE").map(\.status) == [200])
    }

    /// §21.4.12.
    @Test func `a start line that is too long is answered, and the phone's connection stays`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        try phone.register(&office)
        let long = "sip:\(String(repeating: "9", count: SIP::Limits.startLineBytes))@\(Office.domain)"
        office.deliver(phone.request("INVITE", to: long, toHeader: "<sip:102@\(Office.domain)>"), on: phone.flow)
        #expect(office.received(on: phone.flow).map(\.status) == [414])
        #expect(office.closed.isEmpty)
    }

    @Test func `a stranger's connection closes`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        office.deliver(phone.request("OPTIONS", to: "sip:\(Office.domain)", extra: ["no colon here"]), on: phone.flow)
        #expect(office.received(on: phone.flow).map(\.status) == [400])
        #expect(office.closed == [phone.flow.id])
    }

    @Test func `a phone that says nothing else is closed after twenty in a minute, and one that does it seldom never`()
        throws
    {
        var scene = try Scene()
        for _ in 0..<19 { _ = scene.callerSays("UPDATE", extra: ["no colon here"]) }
        scene.pass(seconds: 61)
        for _ in 0..<20 { _ = scene.callerSays("UPDATE", extra: ["no colon here"]) }
        #expect(scene.office.closed.isEmpty)
        _ = scene.callerSays("UPDATE", extra: ["no colon here"])
        #expect(scene.office.closed == [scene.caller.flow.id])
    }

    @Test(arguments: harmless + odd) func `a callee that answers with one is connected, or the call ends on both sides`(
        fields: [String]
    ) throws {
        var scene = try RingingScene()
        let sdp = SDP.answer(to: scene.invite)
        scene.office.deliver(scene.callee.answer(scene.invite, 200, extra: fields, sdp: sdp), on: scene.callee.flow)
        #expect(scene.office.closed.isEmpty)
        let (called, calling) = (
            scene.office.received(on: scene.callee.flow).map(\.method),
            scene.office.received(on: scene.caller.flow).last?.status
        )
        if fields.count > 100 {
            // Where its body begins is not known.
            #expect(called == [.ack, .bye] && calling == 488)
        } else {
            #expect(called == [.ack] && calling == 200)
        }
    }

    @Test(arguments: ["From: <sip:x@y>;tag=2", "To: <sip:x@y>;tag=2", "Call-ID: other", "CSeq: 1 BYE"])
    func `a response that is about two things is about nothing`(field: String) throws {
        var scene = try RingingScene()
        let sdp = SDP.answer(to: scene.invite)
        scene.office.deliver(scene.callee.answer(scene.invite, 200, extra: [field], sdp: sdp), on: scene.callee.flow)
        #expect(
            scene.office.received(on: scene.callee.flow).isEmpty && scene.office.received(on: scene.caller.flow).isEmpty
        )
        // It is said again as it should be, and taken.
        #expect(scene.pickUp().map(\.status) == [200])
    }

    @Test(arguments: ["é", String(repeating: "a", count: 8_100)])
    func `a refusal is acknowledged by a request that can be read, whatever its To is`(tag: String) throws {
        var scene = try RingingScene()
        scene.office.deliver(scene.callee.answer(scene.invite, 486, tag: tag), on: scene.callee.flow)
        var acknowledgement = try #require(scene.office.received(on: scene.callee.flow).last)
        #expect(acknowledgement.method == .ack)
        #expect(throws: Never.self) { try acknowledgement.validate() }
    }
}
