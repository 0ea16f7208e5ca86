// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import Testing

/// A sender 101, and 102 with two phones.
private struct Chat {
    var office: Office
    var sender: Phone
    var first: Phone
    var second: Phone

    init() throws {
        office = try Office()
        sender = try Phone("phone-101-000001", in: &office)
        first = try Phone("phone-102-000001", in: &office, from: "192.0.2.60:50000")
        second = try Phone("phone-102-000002", in: &office, from: "192.0.2.61:50000")
        try first.register(&office)
        try second.register(&office)
    }

    mutating func write(
        _ text: String,
        to user: String = "102",
        type: String? = "text/plain",
        from: String? = nil,
        extra: [String] = []
    ) throws -> Message? {
        try sender.ask(
            &office,
            "MESSAGE",
            to: "sip:\(user)@\(Office.domain)",
            from: from,
            callID: "secret-call-id",
            extra: extra,
            body: text,
            type: type
        ).last
    }
}

@Suite("RFC 3428 §7: a text message through the switchboard")
struct MessageTests {
    @Test func `reaches every phone of its receiver under the sender's own number and name`() throws {
        var chat = try Chat()
        #expect(try chat.write("Lunch?\r\nAt noon.")?.status == 202)
        for phone in [chat.first, chat.second] {
            let message = try #require(chat.office.received(on: phone.flow).last)
            #expect(message.method == .message)
            #expect(message.string(message.requestURI) == phone.contact)
            #expect(message.text("From").hasPrefix("\"Desk 101\" <sip:101@office.example>;tag="))
            #expect(message.text("To") == "<sip:102@office.example>")
            #expect(message.text("Max-Forwards") == "69")
            #expect(message.first(.contact) == nil)
            #expect(message.document == "Lunch?\r\nAt noon.")
            for secret in ["secret-call-id", "phone-101", "Digest", "TestPhone"] {
                #expect(!String(decoding: message.bytes, as: UTF8.self).contains(secret), "\(secret)")
            }
            chat.office.deliver(phone.answer(message, 200), on: phone.flow)
        }
        chat.office.wait(.seconds(40))
        #expect(chat.office.switchboard.figures.transactions == 0)
    }

    @Test func `for nobody, for an extension without a phone and for oneself is refused`() throws {
        var chat = try Chat()
        #expect(try chat.write("?", to: "999")?.status == 404)
        #expect(try chat.write("?", to: "103")?.status == 480)
        #expect(try chat.write("?", to: "101")?.status == 403)
        try chat.office.apply(disabled: ["102"])
        #expect(try chat.write("?")?.status == 480)
    }

    @Test func `S20 that went in a circle is refused`() throws {
        var chat = try Chat()
        let target = "sip:102@\(Office.domain)"
        let text = { (chat: inout Chat, proof: [String]) in
            chat.sender.request("MESSAGE", to: target, extra: proof, body: "?", type: "text/plain")
                .replacing("Max-Forwards: 70", with: "Max-Forwards: 0")
        }
        chat.office.deliver(text(&chat, []), on: chat.sender.flow)
        let challenge = try #require(chat.office.received(on: chat.sender.flow).last)
        let proof = try chat.sender.authorization(for: challenge, method: "MESSAGE", uri: target)
        chat.office.deliver(text(&chat, [proof]), on: chat.sender.flow)
        #expect(chat.office.received(on: chat.sender.flow).last?.status == 483)
    }

    @Test func `that was not sent over TLS, or has no encrypted way to its receiver, is not passed on`() throws {
        var chat = try Chat()
        chat.sender.client = "Phone"
        chat.sender.flow = try chat.office.flow(over: .tcp)
        let refused = try chat.write("?")
        #expect(refused?.status == 403)
        #expect(refused?.text("Warning").contains("not sent over TLS") == true)

        chat = try Chat()
        var clear = try Phone("phone-103-000001", in: &chat.office, from: "192.0.2.70:50000")
        clear.flow = try chat.office.flow(from: "192.0.2.70:50000", over: .tcp)
        try clear.register(&chat.office)
        #expect(try chat.write("?", to: "103")?.status == 480)
        #expect(chat.office.received(on: clear.flow).isEmpty)
    }
}

@Suite("RFC 3428 §8 and §11, ATTACKS S18: what a message may be")
struct MessageLimitTests {
    @Test func `S18 a stranger is challenged and nothing is passed on`() throws {
        var chat = try Chat()
        let text = chat.sender.request("MESSAGE", to: "sip:102@\(Office.domain)", body: "?", type: "text/plain")
        chat.office.deliver(text, on: chat.sender.flow)
        #expect(chat.office.received(on: chat.sender.flow).map(\.status) == [401])
        #expect(chat.office.received(on: chat.first.flow).isEmpty)
    }

    @Test(arguments: ["sip:103@\(Office.domain)", "sip:911@\(Office.domain)", "tel:911"])
    func `S18 another sender's name is refused`(from: String) throws {
        var chat = try Chat()
        #expect(try chat.write("?", from: from)?.status == 403)
        #expect(chat.office.events.map(\.kind) == [.identityMismatch])
        #expect(chat.office.received(on: chat.first.flow).isEmpty)
    }

    @Test(arguments: ["text/html", "application/sdp", "text/plain;charset=utf-16", nil])
    func `only text is taken`(type: String?) throws {
        var chat = try Chat()
        let answer = try chat.write("<b>", type: type)
        #expect(answer?.status == 415)
        #expect(answer?.text("Accept") == "text/plain")
    }

    @Test func `packed text is not taken, and other spellings of plain text are`() throws {
        var chat = try Chat()
        let packed = try #require(try chat.write("x", extra: ["Content-Encoding: gzip"]))
        #expect(packed.status == 415 && packed.first(named: "Accept-Encoding").map(packed.string) == "identity")
        #expect(try chat.write("x", type: "TEXT/Plain; charset=UTF-8")?.status == 202)
    }

    @Test func `1,300 bytes pass and one more does not`() throws {
        var chat = try Chat()
        #expect(try chat.write(String(repeating: "x", count: 1_300))?.status == 202)
        #expect(try chat.write(String(repeating: "x", count: 1_301))?.status == 413)
    }

    @Test func `controls are masked, letters of every script and line ends are not`() throws {
        var chat = try Chat()
        #expect(try chat.write("a\u{1B}[2J\u{0}\u{7F}\u{9B}b\tc\nd\u{202E}e é 你好 👩‍💻")?.status == 202)
        let message = try #require(chat.office.received(on: chat.first.flow).last)
        #expect(message.document == "a?[2J???b\tc\nd?e é 你好 👩‍💻")
    }

    @Test func `more than a person types is slowed down`() throws {
        var chat = try Chat()
        let statuses = try (0..<25).map { _ in try chat.write("spam")?.status }
        #expect(statuses.filter { $0 == 202 }.count == 20)
        #expect(statuses.last == 503)
        #expect(chat.office.events.last?.kind == .accountLimit)
        chat.office.wait(.seconds(2))
        #expect(try chat.write("sorry")?.status == 202)
    }
}
