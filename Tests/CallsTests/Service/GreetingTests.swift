// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("Greetings: what callers hear is recorded by *98")
struct GreetingTests {
    /// 102 has a mailbox with a PIN, and is the voice of menu `main`, 700.
    private struct Scene {
        var office: Office
        var other: Phone
        var owner: Phone

        init(asks: Bool = true) throws {
            (office, other, owner) = try Office.withPhones()
            let origin = SettingOrigin(by: "test", at: WallTime(milliseconds: 0))
            let box = Mailbox(asksOwnPhones: asks, pin: Redacted("hash"), since: origin.at, by: origin)
            let menu = VoiceMenu(
                name: try #require(ShortName(parsing: "main")),
                number: try Self.number("700"),
                voice: try Self.number("102"),
                createdAt: origin.at
            )
            office.apply([
                .outside(.route(.keepMessages(try Self.number("102"), box))), .outside(.route(.putMenu(menu))),
            ])
        }

        static func number(_ text: String) throws -> ExtensionNumber { try #require(ExtensionNumber(parsing: text)) }

        mutating func dial(_ code: String) throws -> Int? {
            try owner.call(&office, code, callID: "greet-\(code.dropFirst())").last?.status
        }

        enum Failure: Error { case noStudio }

        mutating func tell(_ news: VoiceNews) throws {
            for case .open(let id, _, .studio) in office.media.reversed() { return office.voice([(id, news)]) }
            throw Failure.noStudio
        }

        mutating func hearOut() throws {
            for case .say(_, _, let number) in office.voice.reversed() { return try tell(.said(number)) }
        }

        mutating func press(_ keys: String) throws {
            for key in keys {
                office.wait(.milliseconds(150))
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

        /// What is recorded, and by whom.
        var recorded: (Greeting, ExtensionNumber)? {
            for case .recordGreeting(_, let greeting, by: let number, at: _, _) in office.voice.reversed() {
                return (greeting, number)
            }
            return nil
        }
    }

    @Test func `after the PIN it is recorded, heard and kept`() throws {
        var scene = try Scene()
        #expect(try scene.dial("*98") == 200)
        #expect(scene.words == [.phrase(.enterPIN)])
        try scene.press("481516#")
        #expect(scene.recorded == nil)
        scene.office.answer(try #require(scene.ask).1, .done)
        #expect(scene.words == [.phrase(.recordGreeting), .tone])
        try scene.hearOut()
        let (greeting, number) = try #require(scene.recorded)
        #expect(greeting == .mailbox(number) && number.text == "102")
        try scene.press("#")
        #expect(scene.words == [.phrase(.reviewGreeting)])
        try scene.press("2")
        #expect(scene.words.first == .draft(greeting))
        try scene.press("1")
        guard case .keepGreeting(greeting)? = scene.ask?.0.what else {
            Issue.record("it is not kept")
            return
        }
        scene.office.answer(try #require(scene.ask).1, .done)
        #expect(scene.words == [.phrase(.messageSaved), .phrase(.goodbye)])
        try scene.hearOut()
        #expect(scene.office.switchboard.calls().isEmpty)
    }

    @Test func `W01 a wrong PIN records nothing, three end the call`() throws {
        var scene = try Scene()
        _ = try scene.dial("*98")
        for _ in 0..<3 {
            try scene.press("000001#")
            scene.office.answer(try #require(scene.ask).1, .wrong)
        }
        #expect(scene.words == [.phrase(.wrongPIN), .phrase(.goodbye)] && scene.recorded == nil)
    }

    @Test func `the voice of a menu records it without a PIN, and nobody else does`() throws {
        var scene = try Scene()
        #expect(try scene.dial("*98700") == 200)
        try scene.hearOut()
        let name = try #require(ShortName(parsing: "main"))
        #expect(scene.recorded?.0 == .menu(name))
        #expect(try scene.other.call(&scene.office, "*98700", callID: "x").last?.status == 404)
        #expect(try scene.other.call(&scene.office, "*98701", callID: "y").last?.status == 404)
        #expect(try scene.other.call(&scene.office, "*98", callID: "z").last?.status == 404)
    }

    @Test func `who records again and again is not listened to for ever`() throws {
        var scene = try Scene(asks: false)
        _ = try scene.dial("*98")
        for _ in 0..<12 where !scene.office.switchboard.calls().isEmpty {
            try scene.hearOut()
            try scene.press("#3")
        }
        #expect(scene.words == [.phrase(.goodbye)])
    }
}
