// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

/// A watcher of 102, a caller 103, and the phone of 102.
private struct Lamp {
    var office: Office
    var watcher: Phone
    var caller: Phone
    var callee: Phone

    init(event: String = "dialog") throws {
        office = try Office()
        watcher = try Phone("phone-101-000001", in: &office)
        caller = try Phone("phone-103-000001", in: &office, from: "192.0.2.60:50000")
        callee = try Phone("phone-102-000001", in: &office, from: "192.0.2.70:50000")
        try callee.register(&office)
        _ = try watcher.watch(&office, "102", event: event)
        office.wait(.seconds(10))
    }

    mutating func ring() throws -> Message {
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).last)
        office.deliver(callee.answer(invite, 180), on: callee.flow)
        return invite
    }

    /// - Returns: The 200 that the caller got.
    mutating func pickUp(_ invite: Message) throws -> Message {
        _ = office.received(on: caller.flow)
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        let answer = try #require(office.received(on: caller.flow).last)
        #expect(answer.status == 200)
        office.deliver(caller.inDialog("ACK", of: answer, sequence: 2), on: caller.flow)
        return answer
    }

    mutating func look(after time: Duration = .seconds(10)) -> [Message] {
        office.wait(time)
        return watcher.notices(&office)
    }
}

@Suite("RFC 4235 §4: a lamp that follows an extension's calls")
struct LampTests {
    @Test func `the first document is whole, and empty while there is no call`() throws {
        var office = try Office()
        var watcher = try Phone("phone-101-000001", in: &office)
        let (_, notice) = try watcher.watch(&office, "102")
        #expect(notice.text("Content-Type") == "application/dialog-info+xml")
        #expect(
            notice.document == """
                <?xml version="1.0" encoding="UTF-8"?>\
                <dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" \
                entity="sip:102@office.example"></dialog-info>
                """
        )
    }

    @Test func `ringing, talking and the end are told as changes with counting versions`() throws {
        var lamp = try Lamp()
        let invite = try lamp.ring()
        let ringing = lamp.look()
        #expect(
            ringing.map(\.document) == [
                """
                <?xml version="1.0" encoding="UTF-8"?>\
                <dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="partial" \
                entity="sip:102@office.example"><dialog id="d1" direction="recipient"><state>early</state>\
                <local><identity display="Desk 102">sip:102@office.example</identity>\
                <target uri="sip:102@office.example"/></local></dialog></dialog-info>
                """
            ]
        )
        let answer = try lamp.pickUp(invite)
        let talking = lamp.look()
        #expect(talking.map(\.callStates) == [["confirmed"]])
        #expect(talking.last?.document.contains("version=\"2\" state=\"partial\"") == true)
        lamp.office.deliver(lamp.caller.inDialog("BYE", of: answer), on: lamp.caller.flow)
        let over = lamp.look()
        #expect(over.map(\.callStates) == [["terminated"]])
        #expect(over.last?.document.contains("<dialog id=\"d1\"") == true)
        #expect(lamp.look().isEmpty)
    }

    @Test func `a call that is not answered goes out`() throws {
        var lamp = try Lamp()
        let invite = try lamp.ring()
        #expect(lamp.look().map(\.callStates) == [["early"]])
        lamp.office.deliver(lamp.callee.answer(invite, 486), on: lamp.callee.flow)
        #expect(lamp.look().map(\.callStates) == [["terminated"]])
    }

    @Test func `who calls is not told, and nothing that would let a watcher speak in the call`() throws {
        var lamp = try Lamp()
        let invite = try lamp.ring()
        _ = try lamp.pickUp(invite)
        let document = try #require(lamp.look().last).document
        for secret in ["103", "call-id", "tag", "remote", invite.text("Call-ID"), lamp.callee.username] {
            #expect(!document.contains(secret), "\(secret)")
        }
    }

    @Test func `a refresh in the middle of a call tells it whole`() throws {
        var office = try Office()
        var watcher = try Phone("phone-101-000001", in: &office)
        let (answer, _) = try watcher.watch(&office, "103")
        var caller = try Phone("phone-103-000001", in: &office, from: "192.0.2.60:50000")
        var callee = try Phone("phone-102-000001", in: &office, from: "192.0.2.70:50000")
        try callee.register(&office)
        office.wait(.seconds(5))
        _ = try caller.call(&office, "102")
        #expect(watcher.notices(&office).map(\.callStates) == [["trying"]])
        let whole = try watcher.resubscribe(&office, answer, expires: 600).last
        #expect(whole?.document.contains("version=\"2\" state=\"full\"") == true)
        #expect(whole?.callStates == ["trying"])
        #expect(whole?.document.contains("direction=\"initiator\"") == true)
    }

    @Test func `a call that began before anybody watched is there`() throws {
        var office = try Office()
        var caller = try Phone("phone-103-000001", in: &office, from: "192.0.2.60:50000")
        var callee = try Phone("phone-102-000001", in: &office, from: "192.0.2.70:50000")
        try callee.register(&office)
        _ = try caller.call(&office, "102")
        var watcher = try Phone("phone-101-000001", in: &office)
        #expect(try watcher.watch(&office, "102").notice.callStates == ["early"])
    }

    @Test func `S13 a name cannot become markup`() throws {
        var office = try Office()
        try office.rename("102", "\"><evil a='1'>& \u{202E}é")
        var watcher = try Phone("phone-101-000001", in: &office)
        var caller = try Phone("phone-103-000001", in: &office, from: "192.0.2.60:50000")
        var callee = try Phone("phone-102-000001", in: &office, from: "192.0.2.70:50000")
        try callee.register(&office)
        _ = try caller.call(&office, "102")
        let document = try watcher.watch(&office, "102").notice.document
        #expect(document.contains("display=\"&quot;&gt;&lt;evil a=&apos;1&apos;&gt;&amp; \u{202E}é\""))
        #expect(!document.contains("<evil"))
    }
}

@Suite("RFC 3856 §6 and RFC 3863 §4: presence")
struct PresenceTests {
    @Test func `follows registration and calls`() throws {
        var lamp = try Lamp(event: "presence")
        let invite = try lamp.ring()
        #expect(lamp.look().isEmpty)
        _ = try lamp.pickUp(invite)
        let talking = lamp.look()
        #expect(talking.count == 1)
        #expect(talking.last?.document.contains("<basic>open</basic>") == true)
        #expect(talking.last?.document.contains("<rpid:on-the-phone/>") == true)
        lamp.office.disconnect(lamp.callee.flow)
        let gone = lamp.look()
        #expect(gone.map { $0.document.contains("<basic>closed</basic>") } == [true])
    }

    @Test func `of a phone that is not there is closed until it registers`() throws {
        var office = try Office()
        var watcher = try Phone("phone-101-000001", in: &office)
        let (_, notice) = try watcher.watch(&office, "103", event: "presence")
        #expect(
            notice.document == """
                <?xml version="1.0" encoding="UTF-8"?>\
                <presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" \
                xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:103@office.example"><tuple id="phone">\
                <status><basic>closed</basic></status><contact>sip:103@office.example</contact>\
                <note>Not registered</note></tuple></presence>
                """
        )
        var other = try Phone("phone-103-000001", in: &office, from: "192.0.2.60:50000")
        try other.register(&office)
        #expect(watcher.notices(&office).isEmpty)
        office.wait(.seconds(5))
        #expect(watcher.notices(&office).map { $0.document.contains("<note>Available</note>") } == [true])
    }
}

@Suite("RFC 3842 §3 and §5.2: message waiting")
struct MailboxTests {
    @Test func `an empty mailbox says so, and a message lights the lamp`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let (_, notice) = try phone.watch(&office, phone.username, event: "message-summary")
        #expect(notice.text("Content-Type") == "application/simple-message-summary")
        #expect(
            notice.document == "Messages-Waiting: no\r\nMessage-Account: sip:101@office.example\r\n"
                + "Voice-Message: 0/0 (0/0)\r\n"
        )
        office.wait(.seconds(5))
        try office.leaveMessages(MailboxCounts(new: 2, old: 8, urgentNew: 1), for: "101")
        #expect(
            phone.notices(&office).map(\.document) == [
                "Messages-Waiting: yes\r\nMessage-Account: sip:101@office.example\r\nVoice-Message: 2/8 (1/0)\r\n"
            ]
        )
        try office.leaveMessages(MailboxCounts(new: 2, old: 8, urgentNew: 1), for: "101")
        office.wait(.seconds(5))
        #expect(phone.notices(&office).isEmpty)
    }
}

@Suite("RFC 3680 §4 and §5: a phone's own registration")
struct OwnRegistrationTests {
    @Test func `lists the contacts of this phone and of no other`() throws {
        var office = try Office()
        var phone = try Phone("phone-102-000001", in: &office)
        var sibling = try Phone("phone-102-000002", in: &office, from: "192.0.2.60:50000")
        try sibling.register(&office)
        try phone.register(&office, contact: "sip:a&b@192.0.2.50")
        let (_, notice) = try phone.watch(&office, phone.username, event: "reg")
        let expires = office.switchboard.registrations().last.map { $0.expires - office.moment.wall }?.components
            .seconds
        #expect(
            notice.document == """
                <?xml version="1.0" encoding="UTF-8"?>\
                <reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="0" state="full">\
                <registration aor="sip:phone-102-000001@office.example" id="r1" state="active">\
                <contact id="c1" state="active" event="registered" expires="\(expires ?? 0)"><uri>sip:a&amp;b@192.0.2.50</uri>\
                </contact></registration></reginfo>
                """
        )
        try phone.register(&office, contact: "sip:a&b@192.0.2.50", expires: 0)
        #expect(phone.notices(&office).isEmpty)
        office.wait(.seconds(5))
        let gone = phone.notices(&office)
        #expect(gone.map { $0.document.contains("state=\"terminated\"") } == [true])
    }

    @Test func `is told when the phone gives its connection another contact`() throws {
        var office = try Office()
        var phone = try Phone("phone-102-000001", in: &office)
        let fields = { (contact: String) in
            [
                "Supported: outbound",
                "Contact: <\(contact)>;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\";reg-id=1",
            ]
        }
        _ = try phone.register(&office, fields: fields("sip:before@192.0.2.50"))
        _ = try phone.watch(&office, phone.username, event: "reg")
        office.wait(.seconds(60))
        // The last thing that it hears, after the answer.
        let notice = try phone.register(&office, fields: fields("sip:after@192.0.2.50"))
        #expect(notice.method == .notify)
        #expect(notice.document.contains("<uri>sip:after@192.0.2.50</uri>"))
    }
}
