// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import Testing

@Suite("RFC 6665 §4.2.1: a SUBSCRIBE")
struct SubscribeTests {
    @Test func `is answered with its time and a tag, and followed by the state`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let messages = try phone.subscribe(&office, to: "102")
        #expect(messages.map(\.status) == [200, nil])
        let (answer, notice) = (try #require(messages.first), try #require(messages.last))
        #expect(answer.text("Expires") == "600")
        #expect(try answer.to().tag != nil)
        #expect(notice.method == .notify)
        #expect(notice.text("Event") == "dialog")
        #expect(notice.text("Subscription-State") == "active;expires=600")
        #expect(notice.text("Call-ID") == "subscription-1")
        #expect(notice.text("To") == "<\(phone.uri)>;tag=phone-tag")
        #expect(notice.string(notice.requestURI) == phone.contact)
        #expect(office.switchboard.figures.subscriptions == 1)
    }

    @Test func `without a time gets an hour, and no more than an hour`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        #expect(try phone.subscribe(&office, to: "102", expires: nil).first?.text("Expires") == "3600")
        let long = try phone.subscribe(&office, to: "102", expires: 999_999, callID: "subscription-2")
        #expect(long.first?.text("Expires") == "3600")
    }

    @Test func `that is too brief is refused with the briefest`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let answer = try phone.subscribe(&office, to: "102", expires: 10).last
        #expect(answer?.status == 423)
        #expect(answer?.text("Min-Expires") == "60")
        #expect(office.switchboard.figures.subscriptions == 0)
    }

    @Test(arguments: ["conference", "Dialog", "dialog.winfo", "\"\""])
    func `for an event that nobody knows is refused with those that are known`(event: String) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let answer = try phone.subscribe(&office, to: "102", event: event).last
        #expect(answer?.status == 489)
        #expect(answer?.text("Allow-Events") == "dialog, message-summary, presence, reg")
    }

    @Test func `whose answer the phone could not read is refused with what there is`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let answer = try phone.subscribe(&office, to: "102", extra: ["Accept: text/html"]).last
        #expect(answer?.status == 406)
        #expect(answer?.text("Accept") == "application/dialog-info+xml")
        let accepted = try phone.subscribe(
            &office,
            to: "102",
            callID: "subscription-2",
            extra: ["Accept: text/html, Application/Dialog-Info+XML;q=0.5"]
        )
        #expect(accepted.first?.status == 200)
    }

    @Test func `without a contact, or with a filter, is refused`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        #expect(try phone.subscribe(&office, to: "102", contact: false).last?.status == 400)
        let filtered = try phone.ask(
            &office,
            "SUBSCRIBE",
            to: "sip:102@\(Office.domain)",
            extra: ["Event: dialog", "Contact: <\(phone.contact)>"],
            body: "<filter-set/>"
        )
        #expect(filtered.last?.status == 415)
        #expect(office.switchboard.figures.subscriptions == 0)
    }

    @Test func `in somebody else's name is refused`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let answers = try phone.ask(
            &office,
            "SUBSCRIBE",
            to: "sip:102@\(Office.domain)",
            from: "sip:103@\(Office.domain)",
            extra: ["Event: dialog", "Contact: <\(phone.contact)>"]
        )
        #expect(answers.last?.status == 403)
        #expect(office.events.map(\.kind) == [.identityMismatch])
    }

    /// Its tags, routes and identifiers are kept for an hour.
    @Test func `that is longer than any phone's is refused`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let long = "X-Long: " + String(repeating: "x", count: 4_096)
        #expect(try phone.subscribe(&office, to: "102", extra: [long]).last?.status == 513)
        #expect(office.switchboard.figures.subscriptions == 0)
        let event = "dialog;id=" + String(repeating: "x", count: 4_096)
        #expect(try phone.subscribe(&office, to: "102", event: event, callID: "subscription-2").last?.status == 513)
        #expect(office.switchboard.figures.subscriptions == 0)
    }

    @Test func `with zero seconds is one look`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let messages = try phone.subscribe(&office, to: "102", expires: 0)
        #expect(messages.map(\.status) == [200, nil])
        #expect(messages.last?.text("Subscription-State") == "terminated;reason=timeout")
        #expect(messages.last?.document.contains("state=\"full\"") == true)
        #expect(office.switchboard.figures.subscriptions == 0)
    }
}

@Suite("RFC 6665 §4.2.1.1: a subscription is kept and given up")
struct ResubscribeTests {
    @Test func `a refresh moves the end and tells everything again`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let (answer, _) = try phone.watch(&office, "102")
        office.wait(.seconds(500))
        let messages = try phone.resubscribe(&office, answer, expires: 300)
        #expect(messages.map(\.status) == [200, nil])
        #expect(messages.last?.text("Subscription-State") == "active;expires=300")
        #expect(messages.last?.document.contains("version=\"1\" state=\"full\"") == true)
        office.deliver(phone.answer(try #require(messages.last), 200), on: phone.flow)
        office.wait(.seconds(299))
        #expect(phone.notices(&office).isEmpty)
        office.wait(.seconds(2))
        #expect(phone.notices(&office).map { $0.text("Subscription-State") } == ["terminated;reason=timeout"])
        #expect(office.switchboard.figures.subscriptions == 0)
        office.wait(.seconds(60))
        #expect(office.switchboard.figures.transactions == 0)
    }

    @Test func `zero seconds give it up, with one last state`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let (answer, _) = try phone.watch(&office, "102")
        let messages = try phone.resubscribe(&office, answer, expires: 0)
        #expect(messages.map(\.status) == [200, nil])
        #expect(messages.last?.text("Subscription-State") == "terminated;reason=timeout")
        let late = phone.request(
            "SUBSCRIBE",
            to: "sip:pbx.office.example:5061;transport=tls",
            toHeader: answer.text("To"),
            callID: answer.text("Call-ID"),
            extra: ["Event: dialog"]
        )
        office.deliver(late, on: phone.flow)
        #expect(office.received(on: phone.flow).last?.status == 481)
    }

    @Test func `another event, another method and another phone do not fit into its dialog`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let (answer, _) = try phone.watch(&office, "102")
        #expect(try phone.resubscribe(&office, answer, event: "presence", expires: 300).last?.status == 481)
        #expect(try phone.resubscribe(&office, answer, event: "dialog;id=7", expires: 300).last?.status == 481)
        #expect(try phone.resubscribe(&office, answer, expires: 300, method: "MESSAGE").last?.status == 405)
        var other = try Phone("phone-103-000001", in: &office, from: "192.0.2.60:50000")
        #expect(try other.resubscribe(&office, answer, expires: 0).last?.status == 403)
        #expect(office.switchboard.figures.subscriptions == 1)
    }

    @Test func `it follows its phone to a new connection`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let (answer, _) = try phone.watch(&office, "102")
        let old = phone.flow
        phone.flow = try office.flow()
        let messages = try phone.resubscribe(&office, answer, expires: 300)
        #expect(messages.map(\.status) == [200, nil])
        office.disconnect(old)
        #expect(office.switchboard.figures.subscriptions == 1)
    }

    @Test func `it dies with its connection, and nothing is sent after it`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        _ = try phone.watch(&office, "102")
        office.disconnect(phone.flow)
        #expect(office.switchboard.figures.subscriptions == 0)
        office.wait(.seconds(700))
        #expect(office.received(on: phone.flow).isEmpty)
    }

    @Test func `an old number in its dialog changes nothing`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let (answer, _) = try phone.watch(&office, "102")
        _ = try phone.resubscribe(&office, answer, expires: 300)
        let target = "sip:pbx.office.example:5061;transport=tls"
        let old = { (phone: inout Phone, proof: [String]) in
            phone.request(
                "SUBSCRIBE",
                to: target,
                toHeader: answer.text("To"),
                callID: answer.text("Call-ID"),
                sequence: 1,
                extra: ["Event: dialog", "Expires: 0"] + proof
            )
        }
        office.deliver(old(&phone, []), on: phone.flow)
        let challenge = try #require(office.received(on: phone.flow).last)
        let proof = try phone.authorization(for: challenge, method: "SUBSCRIBE", uri: target)
        office.deliver(old(&phone, [proof]), on: phone.flow)
        #expect(office.received(on: phone.flow).last?.status == 500)
        #expect(office.switchboard.figures.subscriptions == 1)
    }
}

@Suite("RFC 6665 §4.2.2, ATTACKS S17: a NOTIFY and its answer")
struct NotifyTests {
    @Test(arguments: [404, 481, 489, 403, 603])
    func `that is refused ends the subscription`(status: Int) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let notice = try #require(try phone.subscribe(&office, to: "102").last)
        office.deliver(phone.answer(notice, status), on: phone.flow)
        #expect(office.switchboard.figures.subscriptions == 0)
    }

    @Test func `that is not answered ends the subscription after 32 seconds`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        _ = try phone.subscribe(&office, to: "102")
        office.wait(.seconds(31))
        #expect(office.switchboard.figures.subscriptions == 1)
        office.wait(.seconds(2))
        #expect(office.switchboard.figures.subscriptions == 0)
    }

    @Test func `that a busy phone could not take comes again, whole`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let notice = try #require(try phone.subscribe(&office, to: "102").last)
        office.deliver(phone.answer(notice, 503), on: phone.flow)
        office.wait(.seconds(29))
        #expect(office.received(on: phone.flow).isEmpty)
        office.wait(.seconds(2))
        #expect(phone.notices(&office).map { $0.document.contains("state=\"full\"") } == [true])
    }

    @Test func `is not sent while the one before has no answer, and then tells the latest`() throws {
        var office = try Office()
        var watcher = try Phone("phone-101-000001", in: &office)
        let first = try #require(try watcher.subscribe(&office, to: "103").last)
        var caller = try Phone("phone-103-000001", in: &office, from: "192.0.2.60:50000")
        var callee = try Phone("phone-102-000001", in: &office, from: "192.0.2.70:50000")
        try callee.register(&office)
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).last)
        office.deliver(callee.answer(invite, 180), on: callee.flow)
        #expect(office.received(on: watcher.flow).isEmpty)
        office.wait(.seconds(2))
        office.deliver(watcher.answer(first, 200), on: watcher.flow)
        #expect(watcher.notices(&office).map(\.callStates) == [["early"]])
    }

    @Test func `waits a second after the one before`() throws {
        var office = try Office()
        var watcher = try Phone("phone-101-000001", in: &office)
        _ = try watcher.watch(&office, "103")
        var caller = try Phone("phone-103-000001", in: &office, from: "192.0.2.60:50000")
        var callee = try Phone("phone-102-000001", in: &office, from: "192.0.2.70:50000")
        try callee.register(&office)
        _ = try caller.call(&office, "102")
        #expect(watcher.notices(&office).isEmpty)
        office.wait(.seconds(1))
        #expect(watcher.notices(&office).map(\.callStates) == [["trying"]])
    }

    @Test func `repeats the id that the phone gave its subscription`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let notice = try phone.subscribe(&office, to: "102", event: "dialog;id=17").last
        #expect(notice?.text("Event") == "dialog;id=17")
    }

    @Test func `S17 of nobody's asking is refused`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let extra = ["Event: message-summary", "Subscription-State: active"]
        let notified = try phone.ask(&office, "NOTIFY", to: "sip:101@\(Office.domain)", extra: extra)
        #expect(notified.last?.status == 481)
    }
}
