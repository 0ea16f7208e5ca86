// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 3323 §4, §5 and RFC 3325 §5, §7: who is calling")
struct IdentityTests {
    static let hiding = ["Privacy: id", "Privacy: user", "Privacy: header;session", "privacy: Critical; ID"]

    @Test(arguments: hiding) func `a caller that wants to stay unknown does`(field: String) throws {
        var scene = try RingingScene([field])
        #expect(scene.invite.text(.from).hasPrefix("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag="))
        let text = String(decoding: scene.invite.bytes, as: UTF8.self)
        #expect(!text.contains("Desk 101") && !text.contains("sip:101@"))
        // The business knows it all the same.
        _ = scene.pickUp()
        #expect(scene.office.record()?.caller.text == "101")
    }

    /// From and fields as phones write them that hide their user.
    static let nobody: [(from: String, fields: [String])] = [
        ("anonymous@anonymous.invalid", []), ("anonymous@anonymous.invalid", ["Privacy: id"]),
        ("anonymous@anonymous.invalid", ["Privacy: user", "P-Preferred-Identity: <sip:101@office.example>"]),
        ("anonymous@anonymous.invalid", ["Privacy: header;user;id;critical"]),
        ("anonymous@anonymous.invalid", ["Privacy: none"]),
        ("Anonymous@localhost", []), ("anonymous@office.example", ["Privacy: id"]), ("anonymous.invalid", []),
        (
            "101@office.example",
            ["Remote-Party-ID: \"Desk 101\" <sip:101@office.example>;party=calling;privacy=full;screen=yes"]
        ),
        ("101@office.example", ["Remote-Party-ID: <sip:101@office.example>; privacy = \"full\""]),
        ("phone-101-000001@office.example", ["Privacy: id", "P-Preferred-Identity: <sip:101@office.example>"]),
    ]

    @Test(arguments: nobody) func `in every dialect, and nothing in the call tells later`(
        from: String,
        fields: [String]
    ) throws {
        var (office, caller, callee) = try Office.withPhones()
        let answers = try caller.ask(
            &office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            from: "sip:\(from)",
            callID: "call-1",
            extra: ["Contact: <\(caller.contact)>"] + fields,
            body: SDP.offer()
        )
        #expect(answers.map(\.status) == [100] && office.events.isEmpty)
        let invite = try #require(office.received(on: callee.flow).first)
        #expect(invite.text(.from).hasPrefix("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag="))
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        let answer = try #require(office.received(on: caller.flow).last)
        #expect(answer.status == 200)
        office.deliver(caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number), on: caller.flow)
        office.deliver(caller.inDialog("INVITE", of: answer, sdp: SDP.offer(direction: "sendonly")), on: caller.flow)
        office.wait(.seconds(31))
        office.deliver(caller.inDialog("BYE", of: answer), on: caller.flow)
        let all = [invite] + office.received(on: callee.flow)
        #expect(Set(all.compactMap(\.method)).isSuperset(of: [.invite, .ack, .bye]))
        for message in all {
            let text = String(decoding: message.bytes, as: UTF8.self)
            #expect(!text.contains("Desk 101") && !text.contains("101@") && !text.contains("phone-101"), "\(text)")
        }
        // The business knows it all the same.
        #expect(office.record()?.caller.text == "101")
    }

    @Test(arguments: [
        "103@office.example", "phone-102-000001@office.example", "bob@anonymous.invalid", "anonymou@x.example",
    ])
    func `S07 hiding is no way to be somebody else`(from: String) throws {
        var (office, caller, callee) = try Office.withPhones()
        let answers = try caller.ask(
            &office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            from: "sip:\(from)",
            extra: ["Contact: <\(caller.contact)>", "Privacy: id"],
            body: SDP.offer()
        )
        #expect(answers.map(\.status) == [403] && office.events.map(\.kind) == [.identityMismatch])
        #expect(office.received(on: callee.flow).isEmpty)
    }

    @Test(arguments: ["Privacy: none", "Privacy: none;id", "Privacy: session", "Privacy: unknown", "Privacy:"])
    func `everybody else is shown`(field: String) throws {
        let scene = try RingingScene([field])
        #expect(scene.invite.text(.from).hasPrefix("\"Desk 101\" <sip:101@\(Office.domain)>;tag="))
    }

    @Test func `an unknown caller stays unknown after a transfer and to who picks up`() throws {
        var scene = try RingingScene(["Privacy: id"])
        var colleague = try Phone("phone-103-000001", in: &scene.office, from: "192.0.2.53:50000")
        try colleague.register(&scene.office)
        try scene.office.apply(groups: ["102": "sales", "103": "sales"])
        let answer = try #require(try colleague.call(&scene.office, "*8", callID: "pick").last)
        #expect(answer.status == 200 && answer.first(.pAssertedIdentity) == nil)
        #expect(answer.text(.privacy) == "id")
    }

    /// Rows S07, S08 and S09: what a phone says about itself is not repeated to another.
    @Test func `no claim of identity or history crosses`() throws {
        let claims = [
            "P-Asserted-Identity: \"CEO\" <sip:100@office.example>", "Remote-Party-ID: <sip:100@office.example>",
            "P-Preferred-Identity: <sip:100@office.example>", "Diversion: <sip:100@office.example>;reason=unknown",
            "History-Info: <sip:100@office.example>;index=1", "Identity: forged;info=<https://evil.example>",
            "P-Charging-Vector: icid-value=claimed", "X-Account: claimed", "Alert-Info: <http://evil.example/ring>",
            "Call-Info: <http://evil.example/face>;purpose=icon", "Subject: claimed",
            "Referred-By: <sip:100@office.example>",
            "Reason: SIP;cause=302;text=\"claimed\"",
        ]
        let scene = try RingingScene(claims)
        let text = String(decoding: scene.invite.bytes, as: UTF8.self)
        for word in ["CEO", "sip:100@", "evil.example", "claimed", "forged", "History-Info", "Diversion"] {
            #expect(!text.contains(word), "\(word) crossed")
        }
    }
}

@Suite("RFC 3326 §2: reasons across a call")
struct ReasonTests {
    static let reasons: [(given: String, passed: String)] = [
        ("Q.850;cause=16;text=\"Normal call clearing\"", "Q.850;cause=16"),
        ("SIP ;cause=600 ;text=\"Busy Everywhere\"", "SIP;cause=600"), ("q.850;CAUSE=31", "Q.850;cause=31"),
        ("Q.850;cause=16, SIP;cause=200", "Q.850;cause=16"), ("SIP;cause=99", ""), ("Q.850;cause=200", ""),
        ("SIP;cause=999999999999", ""), ("SIP", ""), ("preemption;cause=1", ""), ("", ""),
    ]

    @Test(arguments: reasons) func `a number of a known list crosses, words never`(given: String, passed: String) throws
    {
        var scene = try Scene()
        _ = scene.callerSays("BYE", extra: ["Reason: \(given)"])
        let bye = try #require(scene.office.received(on: scene.callee.flow).first)
        #expect(bye.method == .bye && bye.text(.reason) == passed)
    }

    /// §3.1: it is not a missed call there.
    @Test func `phones that did not get the call are told that somebody did`() throws {
        var scene = try ForkedScene()
        scene.answerAtFirst()
        let cancel = try #require(scene.office.received(on: scene.second.flow).first)
        #expect(cancel.method == .cancel && cancel.text(.reason) == "SIP;cause=200;text=\"Call completed elsewhere\"")
    }
}

@Suite("RFC 3261 §16.3 and RFC 5393 §4: calls that go in circles")
struct LoopTests {
    /// Row S20.
    @Test func `an INVITE of ours that comes back is a loop`() throws {
        var scene = try RingingScene()
        let via = ["Via: \(scene.invite.text(.via))"]
        let target = "sip:103@\(Office.domain)"
        var callee = scene.callee
        let back = try callee.ask(&scene.office, "INVITE", to: target, callID: "back", extra: via, body: SDP.offer())
        #expect(back.map(\.status) == [482])
        let foreign = ["Via: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bK-of-somebody", "Contact: <\(callee.contact)>"]
        let fresh = try callee.ask(
            &scene.office,
            "INVITE",
            to: target,
            callID: "new",
            extra: foreign,
            body: SDP.offer()
        )
        #expect(fresh.map(\.status) == [100, 480])
    }

    @Test func `one that has no hop left ends here, and each hop takes one`() throws {
        var (office, caller, callee) = try Office.withPhones()
        let target = "sip:102@\(Office.domain)"
        for (hops, status) in [(0, 483), (1, nil), (17, nil)] {
            let text = caller.request("INVITE", to: target, callID: "hops-\(hops)", body: SDP.offer())
            office.deliver(text, on: caller.flow)
            let challenge = try #require(office.received(on: caller.flow).last)
            let proof = try caller.authorization(for: challenge, method: "INVITE", uri: target)
            let again = caller.request(
                "INVITE",
                to: target,
                callID: "hops-\(hops)",
                extra: ["Contact: <\(caller.contact)>", proof],
                body: SDP.offer()
            )
            office.deliver(again.replacing("Max-Forwards: 70", with: "Max-Forwards: \(hops)"), on: caller.flow)
            #expect(office.received(on: caller.flow).last?.status == status ?? 100)
            let invite = office.received(on: callee.flow).first { $0.method == .invite }
            #expect(try invite?.maxForwards() == (status == nil ? max(1, hops - 1) : nil))
        }
    }
}
