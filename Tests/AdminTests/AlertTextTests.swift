// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Model
import Primitives
import Testing

@Suite("What a message says")
struct AlertTextTests {
    private let business: DomainName
    private let owner: ShortName

    init() throws {
        business = try #require(DomainName(parsing: "pbx.example"))
        owner = try #require(ShortName(parsing: "owner"))
    }

    private func message(_ evidence: String, count: Int = 1) -> AlertMessage {
        let finding = Finding(
            Finding.Code(.banned),
            .warning,
            "An attack is in progress; its source is shut out.",
            control: .intrusionDetection,
            evidence: evidence,
            remedy: "See what else was noticed: ringfence event list"
        )
        var message = AlertMessage(id: "0a", channel: owner, .init(at: noon, finding), due: noon)
        for _ in 1..<count { message.add(.init(at: noon, finding)) }
        return message
    }

    @Test func `one alert, word for word`() {
        let text = AlertText(message("From 198.51.100.1: 10 wrong passwords."), of: business)
        #expect(
            text.subject == "Ringfence pbx.example: Warning: An attack is in progress; its source is shut out."
        )
        #expect(
            text.plain == """
                Warning at 2027-01-15 08:00:00 UTC: An attack is in progress; its source is shut out. (intrusion-detection)
                  From 198.51.100.1: 10 wrong passwords.
                  What to do: See what else was noticed: ringfence event list

                Ringfence of pbx.example
                  Nothing can be changed by answering. Ask the system itself: ringfence alert list

                """
        )
    }

    @Test func `a summary says how many there were and lists the first twenty`() {
        let text = AlertText(message("x", count: 50), of: business)
        #expect(text.subject.hasSuffix("(50 of them)"))
        #expect(text.plain.contains("30 more of the same"))
        #expect(text.paragraphs.count == 22)
    }

    @Test func `S10 D10 Z03 nothing that a stranger names ends a line, hides or turns the text around`() throws {
        var generator = SystemRandomNumberGenerator()
        let evil: [Unicode.Scalar] = [
            "\r", "\n", "\0", "\u{1B}", "\u{9B}", "\u{202E}", "\u{2066}", "\u{200B}", "\u{2028}", "\u{2029}", "\u{85}",
            "\u{FEFF}", "\u{E0041}", "\u{AD}", "\u{115F}", "\u{3164}", "\u{FE0F}", ":", "<", "a", "ü", "👍",
        ]
        for _ in 0..<500 {
            var name = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 1...40, using: &generator) {
                name.append(evil.randomElement(using: &generator) ?? "a")
            }
            let letter = AlertLetter(message("From \(String(name))"), of: business)
            let lines = letter.text.plain.unicodeScalars.filter { $0 == "\n" }.count
            #expect(lines == 6)
            #expect(!letter.text.plain.unicodeScalars.contains { $0 != "\n" && $0.deceivesReaders })
            let json = String(decoding: letter.body, as: UTF8.self)
            #expect(!json.unicodeScalars.contains { $0.deceivesReaders })
            #expect(try JSONSerialization.jsonObject(with: Data(letter.body)) is [String: Any])
        }
    }

    @Test func `a test says its code, and the JSON of a webhook has it too`() throws {
        let letter = AlertLetter(test: "0b", of: owner, code: "004711", of: business, at: noon)
        #expect(letter.text.plain.contains("The code is 004711"))
        let body = try #require(try JSONSerialization.jsonObject(with: Data(letter.body)) as? [String: Any])
        #expect(body["code"] as? String == "004711" && body["kind"] as? String == "test")
        let alert = AlertLetter(message("x", count: 30), of: business)
        let other = try #require(try JSONSerialization.jsonObject(with: Data(alert.body)) as? [String: Any])
        #expect((other["alerts"] as? [Any])?.count == 20 && other["more"] as? Int == 10)
        #expect(other["group"] as? String == "attack" && other["code"] == nil)
    }
}
