// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import TestKit
import Testing

@Suite("RFC 4028 §13: the example of session timers, replayed")
struct SessionTimerExampleTests {
    /// Calls with the fields of an example; the last thing that the caller hears when 102 picks up, if it rings.
    private static func call(_ name: String) throws -> (Message, Office, Phone) {
        let printed = try Printed(name)
        var (office, alice, bob) = try Office.withPhones()
        let answers = try alice.ask(
            &office,
            "INVITE",
            to: "sips:102@\(Office.domain)",
            callID: "call-1",
            extra: ["Contact: <\(alice.contact)>"] + printed.fields,
            body: SDP.offer()
        )
        var last = try #require(answers.last)
        if let invite = office.received(on: bob.flow).first {
            office.deliver(bob.answer(invite, 200, sdp: SDP.answer(to: invite)), on: bob.flow)
            last = try #require(office.received(on: alice.flow).last)
        }
        return (last, office, alice)
    }

    @Test func `a session of 50 seconds is too short, and the shortest one is named`() throws {
        let (answer, _, _) = try Self.call("rfc4028_001")
        #expect(answer.status == 422)
        #expect(answer.text(.minSE) == "90")
    }

    @Test(arguments: ["rfc4028_003", "rfc4028_004"])
    func `one that may not be shorter than an hour is longer than we grant: the call stands without a timer`(
        name: String
    ) throws {
        let (answer, _, _) = try Self.call(name)
        #expect(answer.status == 200)
        #expect(answer.first(.sessionExpires) == nil)
    }

    @Test func `its refresh by UPDATE gets the longest that we grant, and the sender goes on refreshing`() throws {
        let printed = try Printed("rfc4028_006")
        var scene = try Scene(asking: ["Supported: timer", "Session-Expires: 1800;refresher=uac"])
        #expect(printed.text("Session-Expires") == "4000;refresher=uac")
        let answers = scene.callerSays("UPDATE", extra: printed.fields)
        #expect(answers.map(\.status) == [200])
        #expect(answers.first?.text(.sessionExpires) == "1800;refresher=uac")
        #expect(answers.first?.text("Require") == "timer")
    }
}

@Suite("RFC 4235 §6: a call that rings under two tags, replayed")
struct ForkedLampTests {
    @Test func `is one call on the lamp, and the caller hears one ringing`() throws {
        let tags = try ["rfc4235_002", "rfc4235_003"].map { name in
            try Printed(name).text("To").split(separator: "tag=").last.map(String.init) ?? ""
        }
        #expect(Set(tags).count == 2)
        var (office, alice, bob) = try Office.withPhones()
        var watcher = try Phone("phone-103-000001", in: &office, from: "192.0.2.53:50000")
        _ = try watcher.watch(&office, "102")
        office.wait(.seconds(10))
        _ = try alice.call(&office, "102")
        let invite = try #require(office.received(on: bob.flow).first)
        for tag in tags { office.deliver(bob.answer(invite, 180, tag: tag), on: bob.flow) }
        #expect(office.received(on: alice.flow).map(\.status) == [180])
        office.wait(.seconds(10))
        let heard = try #require(watcher.notices(&office).last)
        #expect(heard.callStates == ["early"])
        for tag in tags { #expect(!heard.document.contains(tag)) }
    }
}

@Suite("RFC 3325 §9, RFC 4916 §4.4 and §5: who is connected, replayed")
struct ConnectedIdentityTests {
    @Test func `a called phone that calls itself somebody else in From is answered, and not believed`() throws {
        let printed = try Printed("rfc4916_007")
        var scene = try Scene(asking: try Printed("rfc4916_001").fields)
        let update = scene.callee.inDialog("UPDATE", from: scene.invite)
        let line = update.split(separator: "\r\n").first { $0.hasPrefix("From:") } ?? ""
        let claimed = "From: \(printed.text("From").prefix { $0 != ";" });tag=callee-tag"
        scene.office.deliver(update.replacing(line, with: claimed), on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).map(\.status) == [200])
        #expect(scene.office.received(on: scene.caller.flow).isEmpty)
        #expect(scene.office.record()?.callee?.text == "102")
    }

    @Test(arguments: ["rfc4916_014", "rfc4916_016"])
    func `its signature does not cross either`(name: String) throws {
        let printed = try Printed(name)
        #expect(printed.fields.contains { $0.hasPrefix("Identity:") })
        var scene = try Scene()
        let method = name == "rfc4916_014" ? "UPDATE" : "INVITE"
        #expect(scene.calleeSays(method, extra: printed.fields).map(\.status) == [200])
        #expect(scene.office.received(on: scene.caller.flow).isEmpty)
    }

    @Test func `a change without an offer gets ours, and its ACK brings the answer`() throws {
        var scene = try Scene()
        let offer = try #require(scene.calleeSays("INVITE").last)
        #expect(offer.bodyText.contains("RTP/SAVP"))
        let ack = scene.callee.inDialog(
            "ACK",
            from: scene.invite,
            sequence: try offer.cseq().number,
            sdp: SDP.answer(to: offer)
        )
        scene.office.deliver(ack, on: scene.callee.flow)
        scene.pass(seconds: 40)
        #expect(scene.isStanding)
    }

    @Test func `a new partner is named by the directory, in P-Asserted-Identity, and From stays what it was`() throws {
        var transfer = try TransferScene()
        _ = transfer.refer()
        _ = try transfer.pickUp()
        let offer = try transfer.meet()
        #expect(offer.text(.pAssertedIdentity) == "\"Desk 103\" <sip:103@\(Office.domain)>")
        #expect(offer.text(.from) == transfer.scene.answer.text(.to))
    }
}

@Suite("RFC 5626 §9: the examples of outbound, replayed")
struct OutboundExampleTests {
    /// The parameters of the printed Contact behind a contact of this phone.
    private static func contact(_ printed: Printed, _ phone: Phone) -> String {
        let parameters = printed.text("Contact").drop { $0 != ">" }.dropFirst()
        // Printed with two semicolons where it is folded.
        return "Contact: <\(phone.contact)>\(parameters.replacing("; ;", with: ";"))"
    }

    @Test func `a phone with two connections is bound twice, and called over the later one`() throws {
        var (office, caller, _) = try Office.withPhones()
        var bob = try Phone("phone-103-000001", in: &office, from: "192.0.2.53:50000")
        let first = bob.flow
        for (index, name) in ["rfc5626_003", "rfc5626_005"].enumerated() {
            let printed = try Printed(name)
            if index > 0 { bob.flow = try office.flow(from: "192.0.2.53:50001") }
            office.wait(.seconds(1))
            let answer = try bob.register(&office, fields: [Self.contact(printed, bob)] + printed.fields)
            #expect(answer.status == 200)
            #expect(answer.text("Require") == "outbound")
            #expect(answer.first(.path) == nil)
            #expect(answer.count(.contact) == index + 1)
        }
        _ = try caller.call(&office, "103")
        #expect(office.received(on: bob.flow).map(\.method) == [.invite])
        #expect(office.received(on: first).isEmpty)
    }

    @Test func `by way of an edge proxy of somebody else it is not served`() throws {
        let printed = try Printed("rfc5626_003")
        var office = try Office()
        var bob = try Phone("phone-103-000001", in: &office)
        let route = "Route: \(printed.text("Route"))"
        #expect(!printed.text("Route").isEmpty)
        let answer = try bob.register(&office, fields: [Self.contact(printed, bob), route] + printed.fields)
        #expect(answer.status == 403)
    }

    @Test func `the first example, with one connection`() throws {
        let printed = try Printed("rfc5626_001")
        var office = try Office()
        var bob = try Phone("phone-103-000001", in: &office)
        let answer = try bob.register(&office, fields: [Self.contact(printed, bob)] + printed.fields)
        #expect(answer.status == 200)
        #expect(answer.text(.contact).contains(";reg-id=1"))
    }
}

@Suite("RFC 5627 §5.2: the example of GRUUs, replayed")
struct GRUUExampleTests {
    @Test func `a phone that comes back at another address has both contacts and one public GRUU`() throws {
        var office = try Office()
        var callee = try Phone("phone-102-000001", in: &office)
        var given: [GRUUs] = []
        for (name, host) in [("rfc5627_001", "192.0.2.1"), ("rfc5627_005", "192.0.2.2")] {
            let printed = try Printed(name)
            let instance = printed.text("Contact").drop { $0 != ";" }
            let fields = ["Contact: <sip:callee@\(host)>\(instance)"] + printed.fields
            let answers = try callee.ask(
                &office,
                "REGISTER",
                to: "sip:\(Office.domain)",
                toHeader: "<\(callee.uri)>",
                callID: printed.text("Call-ID"),
                extra: fields
            )
            let answer = try #require(answers.last)
            given = try (0..<answer.count(.contact)).compactMap { try GRUUs(answer, at: $0) }
        }
        #expect(given.count == 2)
        #expect(Set(given.map(\.stable)).count == 1)
        #expect(Set(given.map(\.temporary)).count == 2)
        let printed = try Printed("rfc5627_006").values("Contact")
        #expect(printed.count == 2)
        let suffix = given[0].stable.drop { $0 != ";" }
        #expect(printed.allSatisfy { $0.contains(suffix) })
    }
}
