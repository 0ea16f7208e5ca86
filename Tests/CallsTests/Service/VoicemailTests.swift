// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("Voicemail: calls that nobody takes, and *97")
struct VoicemailTests {
    /// 101 and 102 have phones; 102 has a mailbox.
    private struct Scene {
        var office: Office
        var caller: Phone
        var owner: Phone

        init(pin: Bool = true, asks: Bool = true) throws {
            (office, caller, owner) = try Office.withPhones()
            let origin = SettingOrigin(by: "test", at: WallTime(milliseconds: 0))
            let box = Mailbox(asksOwnPhones: asks, pin: pin ? Redacted("hash") : nil, since: origin.at, by: origin)
            office.apply([.outside(.route(.keepMessages(try Self.number("102"), box)))])
        }

        static func number(_ text: String) throws -> ExtensionNumber { try #require(ExtensionNumber(parsing: text)) }

        /// A call of 102 by 101 that its phone declines.
        mutating func leave(declining status: Int = 486, sdp: String = SDP.offer()) throws -> [Message] {
            let fields = ["Contact: <\(caller.contact)>"]
            var heard = try caller.ask(
                &office,
                "INVITE",
                to: "sip:102@\(Office.domain)",
                callID: "vm",
                extra: fields,
                body: sdp
            )
            let invites = office.received(on: owner.flow).filter { $0.method == .invite }
            for invite in invites { office.deliver(owner.answer(invite, status), on: owner.flow) }
            heard += office.received(on: caller.flow)
            return heard
        }

        mutating func confirm(_ heard: [Message]) throws {
            let answer = try #require(heard.last { $0.status == 200 })
            let ack = caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
            office.deliver(ack, on: caller.flow)
        }

        mutating func listen() throws -> [Message] { try owner.call(&office, "*97", callID: "listen") }

        var relay: RelayID {
            get throws {
                for case .open(let id, _, .studio) in office.media.reversed() { return id }
                throw Failure.noStudio
            }
        }

        enum Failure: Error { case noStudio }

        mutating func tell(_ news: VoiceNews...) throws {
            let id = try relay
            office.voice(news.map { (id, $0) })
        }

        /// What was said last, to its end.
        mutating func hearOut() throws {
            for case .say(_, _, let number) in office.voice.reversed() { return try tell(.said(number)) }
        }

        mutating func press(_ keys: String) throws {
            for key in keys {
                // As fast as people do.
                office.wait(.milliseconds(100))
                try tell(.pressed(try #require(PhoneKey(key))))
            }
        }

        var words: [Utterance] {
            for case .say(_, let words, _) in office.voice.reversed() { return words }
            return []
        }

        var ask: (MailboxAsk, Ticket)? {
            for case .ask(let ask, let ticket) in office.voice.reversed() { return (ask, ticket) }
            return nil
        }

        mutating func answer(_ answer: MailboxAnswer) throws { office.answer(try #require(ask).1, answer) }
    }

    @Test(arguments: [486, 480, 603, 408]) func `who is not reached takes a message instead`(status: Int) throws {
        var scene = try Scene()
        let heard = try scene.leave(declining: status)
        #expect(heard.last?.status == 200 && heard.last?.bodyText.contains("RTP/SAVP 0 8 101\r\n") == true)
        try scene.confirm(heard)
        let greeting = Utterance.recorded(.mailbox(try Scene.number("102")), else: [.phrase(.nobodyAvailable)])
        #expect(scene.words == [greeting, .phrase(.leaveMessage), .tone])
        try scene.hearOut()
        guard case .record(_, let draft)? = scene.office.voice.last else {
            Issue.record("nothing is recorded")
            return
        }
        #expect(draft.mailbox.text == "102" && draft.caller.text == "101")
        #expect(scene.office.record()?.callee == .service(.deposit(draft.mailbox)))
        try scene.press("#")
        #expect(scene.words == [.phrase(.messageSaved), .phrase(.goodbye)])
        try scene.hearOut()
        #expect(scene.office.received(on: scene.caller.flow).map(\.method) == [.bye])
        guard case .end? = scene.office.voice.last else {
            Issue.record("the studio keeps the call")
            return
        }
        #expect(scene.office.switchboard.calls().isEmpty)
    }

    @Test func `without a mailbox, and without a codec that it speaks, a call ends as ever`() throws {
        var office = try Office.withPhones().0
        var phone = try Phone("phone-101-000001", in: &office)
        try phone.register(&office)
        #expect(try phone.call(&office, "103", callID: "x").last?.status == 480)
        var scene = try Scene()
        let g722 = SDP.offer(formats: "9")
        #expect(try scene.leave(sdp: g722).last?.status == 486)
        #expect(scene.office.voice.isEmpty)
    }

    @Test func `who hangs up has left a message, and a full disk is told`() throws {
        var scene = try Scene()
        try scene.confirm(scene.leave())
        try scene.hearOut()
        try scene.tell(.unkept)
        #expect(scene.words == [.phrase(.mailboxFull), .phrase(.goodbye)])
        var other = try Scene()
        let heard = try other.leave()
        try other.confirm(heard)
        try other.hearOut()
        let answer = try #require(heard.last { $0.status == 200 })
        other.office.deliver(other.caller.inDialog("BYE", of: answer), on: other.caller.flow)
        guard case .end? = other.office.voice.last else {
            Issue.record("the recording goes on")
            return
        }
    }

    @Test func `a mailbox opens with its PIN, and its messages are heard and deleted`() throws {
        var scene = try Scene()
        #expect(try scene.listen().last?.status == 200)
        #expect(scene.words == [.phrase(.enterPIN)])
        try scene.press("481516#")
        let ask = try #require(scene.ask).0
        guard case .compare(let pin) = ask.what else {
            Issue.record("the PIN is not compared")
            return
        }
        #expect(pin.reveal { copy $0 } == "481516" && "\(pin)" == "«redacted»")
        #expect(ask.mailbox.text == "102")
        try scene.answer(.done)
        let id = try #require(MessageID(parsing: String(repeating: "a", count: 32)))
        let message = StoredMessage(
            id,
            in: ask.mailbox,
            from: .extension(try Scene.number("101")),
            at: scene.office.moment.wall,
            seconds: 3,
            isNew: true
        )
        try scene.answer(.messages([message]))
        #expect(scene.words.contains(.message(id, in: ask.mailbox)) && scene.words.contains(.digits("101")))
        #expect(scene.words.prefix(4) == [.phrase(.youHave), .count(1), .phrase(.new), .phrase(.message)])
        try scene.press("7")
        guard case .delete(id)? = scene.ask?.0.what else {
            Issue.record("nothing is deleted")
            return
        }
        try scene.answer(.done)
        #expect(scene.words == [.phrase(.deleted), .phrase(.noMore), .phrase(.goodbye)])
    }

    @Test func `three wrong PINs end the call, and keys while one is compared count for none`() throws {
        var scene = try Scene()
        _ = try scene.listen()
        for number in 1...3 {
            try scene.press("000001#")
            try scene.press("999999#")
            try scene.answer(.wrong)
            #expect(
                scene.words
                    == (number < 3
                        ? [.phrase(.wrongPIN), .phrase(.enterPIN)] : [.phrase(.wrongPIN), .phrase(.goodbye)])
            )
        }
        try scene.hearOut()
        #expect(scene.office.switchboard.calls().isEmpty)
        let text = scene.office.records.map { "\($0)" }.joined() + scene.office.events.map { "\($0)" }.joined()
        #expect(!text.contains("000001") && !text.contains("999999"))
    }

    @Test func `W02 nobody listens to a mailbox without a PIN, to another one, or to none`() throws {
        var scene = try Scene(pin: false)
        #expect(try scene.listen().last?.status == 403)
        #expect(try scene.caller.call(&scene.office, "*97", callID: "none").last?.status == 404)
        var open = try Scene(pin: false, asks: false)
        #expect(try open.listen().last?.status == 200)
        guard case .list? = open.ask?.0.what else {
            Issue.record("it is not open at its own phone")
            return
        }
    }

    @Test func `a colleague's message is left without ringing, and not where there is no mailbox`() throws {
        var scene = try Scene()
        #expect(try scene.caller.call(&scene.office, "*96102", callID: "straight").last?.status == 200)
        #expect(scene.office.received(on: scene.owner.flow).isEmpty)
        #expect(try scene.caller.call(&scene.office, "*96103", callID: "nobox").last?.status == 404)
        #expect(try scene.caller.call(&scene.office, "*96199", callID: "noext").last?.status == 404)
    }

    @Test func `the tone is said once to who presses the same key again and again, and all of it ends`() throws {
        var scene = try Scene()
        try scene.confirm(try scene.leave())
        try scene.press("##########")
        #expect(scene.words == [.tone])
        #expect(scene.office.voice.count { if case .say = $0 { true } else { false } } == 2)
        try scene.hearOut()
        guard case .record? = scene.office.voice.last else {
            Issue.record("nothing is recorded")
            return
        }
        scene.office.wait(.seconds(301))
        try scene.tell(.pressed(try #require(PhoneKey("1"))))
        #expect(scene.office.switchboard.calls().isEmpty)
    }

    @Test func `a phone that presses a thousand keys at once is heard as one that people use`() throws {
        var scene = try Scene(asks: false)
        let answer = try #require(try scene.listen().last { $0.status == 200 })
        let ack = scene.owner.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
        scene.office.deliver(ack, on: scene.owner.flow)
        let number = try Scene.number("101")
        let id = try #require(MessageID(parsing: String(repeating: "0", count: 32)))
        let message = StoredMessage(
            id,
            in: try Scene.number("102"),
            from: .extension(number),
            at: WallTime(milliseconds: 0),
            seconds: 9,
            isNew: true
        )
        try scene.answer(.messages([message]))
        for _ in 0..<1_000 { try scene.tell(.pressed(try #require(PhoneKey("1")))) }
        #expect(scene.office.voice.count { if case .say = $0 { true } else { false } } <= 21)
    }

    @Test func `W01 a new PIN ends a call that listens by the old one`() throws {
        var scene = try Scene()
        _ = try scene.listen()
        try scene.press("481516#")
        try scene.answer(.done)
        let origin = SettingOrigin(by: "test", at: WallTime(milliseconds: 0))
        let box = Mailbox(pin: Redacted("new"), since: WallTime(milliseconds: 9), by: origin)
        scene.office.apply([.outside(.route(.keepMessages(try Scene.number("102"), box)))])
        #expect(scene.office.switchboard.calls().isEmpty)
    }

    @Test func `who presses nothing is not waited for`() throws {
        var scene = try Scene()
        let heard = try scene.listen()
        let answer = try #require(heard.last { $0.status == 200 })
        let ack = scene.owner.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
        scene.office.deliver(ack, on: scene.owner.flow)
        try scene.hearOut()
        scene.office.wait(.seconds(9))
        #expect(scene.words == [.phrase(.goodbye)])
        try scene.hearOut()
        #expect(scene.office.switchboard.calls().isEmpty)
    }
}
