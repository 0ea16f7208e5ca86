// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import TestKit
import Testing

@Suite("RFC 3428 §10: the example of a text, replayed")
struct TextExampleTests {
    @Test func `arrives with its words; its sender hears 202, because somebody else reads it`() throws {
        let printed = try Printed("rfc3428_001")
        let words = "Watson, come here."
        var (office, watson, bell) = try Office.withPhones()
        let answers = try watson.ask(
            &office,
            "MESSAGE",
            to: "sip:102@\(Office.domain)",
            extra: printed.fields,
            body: words,
            type: printed.text("Content-Type")
        )
        #expect(answers.map(\.status) == [202])
        let message = try #require(office.received(on: bell.flow).first)
        #expect(message.method == .message)
        #expect(message.bodyText == words)
        #expect(message.text(.from).hasPrefix("\"Desk 101\" <sip:101@\(Office.domain)>"))
        #expect(message.text(.maxForwards) == "69")
        office.deliver(bell.answer(message, 200), on: bell.flow)
        office.wait(.seconds(40))
        #expect(office.switchboard.figures.transactions == 0)
    }
}

@Suite("RFC 6216: texts with S/MIME, replayed")
struct SecuredTextTests {
    @Test(arguments: [("rfc6216_001", 202), ("rfc6216_003", 415), ("rfc6216_004", 415), ("rfc6216_005", 415)])
    func `plain ones pass, and what the switchboard cannot read is refused with what it can`(
        name: String,
        status: Int
    ) throws {
        let printed = try Printed(name)
        var (office, caller, callee) = try Office.withPhones()
        let answers = try caller.ask(
            &office,
            "MESSAGE",
            to: "sips:102@\(Office.domain)",
            extra: printed.fields,
            body: printed.body.isEmpty ? "Hello!" : printed.body,
            type: printed.text("Content-Type")
        )
        #expect(answers.last?.status == status)
        #expect(office.received(on: callee.flow).count == (status == 202 ? 1 : 0))
        if status == 415 { #expect(answers.last?.text(.accept) == "text/plain") }
    }
}

@Suite("RFC 3515 §4: the examples of REFER, replayed")
struct ReferExampleTests {
    @Test func `two in one dialog: each is told how it went, the second by its number`() throws {
        var transfer = try TransferScene()
        for (number, outcome) in [(1, 603), (7, 200)] {
            let printed = try [number + 2, number + 4].map { try Printed("rfc3515_\($0 < 10 ? "00" : "0")\($0)") }
            var heard = transfer.refer()
            #expect(heard.first?.status == 202)
            let invite = try #require(transfer.heard(by: \.target).first)
            let target = transfer.target
            let sdp = outcome == 200 ? SDP.answer(to: invite) : ""
            transfer.scene.office.deliver(target.answer(invite, outcome, sdp: sdp), on: target.flow)
            _ = transfer.heard(by: \.target)
            heard += transfer.heard(by: \.scene.callee)
            let notices = heard.filter { $0.method == .notify }
            #expect(notices.count == 2)
            for (notice, example) in zip(notices, printed) {
                // The number is that of the REFER, which is another one here.
                #expect(notice.text(.event).contains(";id=") == example.text("Event").contains(";id="))
                let state = example.text("Subscription-State").prefix { $0 != ";" }
                #expect(notice.text(.subscriptionState).hasPrefix(state))
                #expect(notice.text(.contentType) == example.text("Content-Type"))
            }
            #expect(notices.last?.text(.subscriptionState) == printed.last?.text("Subscription-State"))
            #expect(notices.last?.bodyText.hasPrefix("SIP/2.0 \(outcome)") == true)
        }
    }

    @Test func `outside of a dialog, as it is printed, it is refused`() throws {
        var (office, caller, callee) = try Office.withPhones()
        let fields = ["Refer-To: <sip:103@\(Office.domain)>", "Contact: <\(caller.contact)>"]
        let answers = try caller.ask(&office, "REFER", to: "sip:102@\(Office.domain)", extra: fields)
        #expect(answers.last?.status == 403)
        #expect(office.received(on: callee.flow).isEmpty)
    }
}

@Suite("RFC 4488: a REFER without a subscription, replayed")
struct SilentReferTests {
    @Test func `is carried out, and nobody is told how it went`() throws {
        let printed = try Printed("rfc4488_001")
        #expect(printed.text("Refer-To").contains(";method=INVITE"))
        var transfer = try TransferScene()
        let heard = transfer.refer(
            "<sip:103@\(Office.domain);method=INVITE>",
            extra: printed.fields.filter { !$0.hasPrefix("Refer-To") }
        )
        #expect(heard.map(\.status) == [202])
        #expect(heard.first?.text("Refer-Sub") == "false")
        _ = try transfer.pickUp()
        #expect(transfer.heard(by: \.scene.callee).map(\.method) == [.bye])
    }
}

@Suite("RFC 3680: the example of registration events, replayed")
struct RegistrationEventExampleTests {
    @Test func `an application that watches somebody's phone may not`() throws {
        let printed = try Printed("rfc3680_001")
        var (office, application, _) = try Office.withPhones()
        let fields = printed.fields + ["Contact: <\(application.contact)>"]
        let answers = try application.ask(&office, "SUBSCRIBE", to: "sip:102@\(Office.domain)", extra: fields)
        #expect(answers.map(\.status) == [403])
    }

    @Test func `a phone that watches itself hears what the application heard`() throws {
        let printed = try Printed("rfc3680_001")
        let notice = try Printed("rfc3680_005")
        var (office, _, joe) = try Office.withPhones()
        let fields = printed.fields + ["Contact: <\(joe.contact)>"]
        let answers = try joe.ask(&office, "SUBSCRIBE", to: joe.uri, callID: "watch", extra: fields)
        #expect(answers.map(\.status) == [200, nil])
        office.deliver(joe.answer(try #require(answers.last), 200), on: joe.flow)
        office.wait(.seconds(10))
        let contact = "Contact: <sip:joe@192.0.2.50:50000>"
        let domain = "sip:\(Office.domain)"
        let registered = try joe.ask(&office, "REGISTER", to: domain, toHeader: "<\(joe.uri)>", extra: [contact])
        let heard = try #require(registered.first { $0.method == .notify })
        #expect(heard.text(.contentType) == notice.text("Content-Type"))
        for fact in ["<uri>sip:joe@192.0.2.50:50000</uri>", "state=\"active\"", "event=\"registered\""] {
            #expect(heard.document.contains(fact))
        }
        #expect(notice.body.contains("event=\"registered\""))
    }
}

@Suite("RFC 3856 §8 and RFC 3903 §15: the examples of presence, replayed")
struct PresenceExampleTests {
    @Test(arguments: [("rfc3856_001", "rfc3856_003"), ("rfc3903_001", "rfc3903_003")])
    func `who watches is told at once, and again when it changes`(subscribe: String, notify: String) throws {
        let (printed, notice) = (try Printed(subscribe), try Printed(notify))
        var (office, watcher, resource) = try Office.withPhones()
        let fields = printed.fields + ["Contact: <\(watcher.contact)>"]
        let to = "sip:102@\(Office.domain)"
        let answers = try watcher.ask(&office, "SUBSCRIBE", to: to, callID: "watch", extra: fields)
        #expect(answers.first?.status == 200)
        #expect(answers.first?.text(.expires) == printed.text("Expires"))
        let first = try #require(answers.last)
        #expect(first.text(.event) == notice.text("Event"))
        #expect(first.text(.subscriptionState).hasPrefix("active;expires="))
        #expect(first.document.contains("<basic>open</basic>"))
        office.deliver(watcher.answer(first, 200), on: watcher.flow)
        office.wait(.seconds(10))
        try resource.register(&office, expires: 0)
        office.wait(.seconds(10))
        #expect(watcher.notices(&office).last?.document.contains("<basic>closed</basic>") == true)
    }

    @Test(arguments: ["rfc3903_005", "rfc3903_009", "rfc3903_011"])
    func `a publication is refused, whether new, refreshed or changed, and no watcher hears of it`(
        name: String
    ) throws {
        let printed = try Printed(name)
        var (office, presentity, watcher) = try Office.withPhones()
        _ = try watcher.watch(&office, "101", event: "presence")
        let answers = try presentity.ask(
            &office,
            "PUBLISH",
            to: "sip:101@\(Office.domain)",
            extra: printed.fields,
            body: printed.text("Content-Type").isEmpty ? "" : "<presence/>",
            type: printed.text("Content-Type")
        )
        #expect(answers.map(\.status) == [405])
        #expect(answers.last?.text(.allow).contains("PUBLISH") == false)
        #expect(answers.last?.text(.allow).contains("SUBSCRIBE") == true)
        office.wait(.seconds(20))
        #expect(watcher.notices(&office).isEmpty)
    }
}
