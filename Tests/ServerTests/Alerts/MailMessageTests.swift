// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Model
import Primitives
import Testing

@testable import Server

@Suite("RFC 5322 What a mail looks like")
struct MailMessageTests {
    private static let evil: [Unicode.Scalar] = [
        "\r", "\n", "\0", "\t", "\u{1B}", "\u{9B}", "\u{202E}", "\u{2066}", "\u{200B}", "\u{2028}", "\u{85}",
        "\u{FEFF}",
        "\u{E0041}", ":", "<", ">", "&", "\"", "'", "=", "?", "_", ".", " ", "a", "ü", "界", "👍", "\u{301}",
    ]
    private let way: MailWay
    private let business: DomainName
    private let owner: ShortName

    init() throws {
        let from = try #require(MailAddress(parsing: "pbx@pbx.test"))
        way = MailWay(server: try #require(DomainName(parsing: "mail.test")), from: from, to: [from])
        business = try #require(DomainName(parsing: "pbx.test"))
        owner = try #require(ShortName(parsing: "owner"))
    }

    private func message(_ text: String, title: String? = nil) -> (mail: String, letter: AlertLetter) {
        let finding = Finding("x", .warning, title ?? text, evidence: text, remedy: text)
        let time = WallTime(milliseconds: 1_800_000_000_000)
        let letter = AlertLetter(
            AlertMessage(id: "ab", channel: owner, .init(at: time, finding), due: time),
            of: business
        )
        return (String(decoding: MailMessage(letter, by: way).bytes, as: UTF8.self), letter)
    }

    @Test func `W05 S10 whatever a stranger is called, the mail has the same headers, lines and parts`() {
        let plain = message("a").mail
        let headers = Self.names(plain)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 1...120, using: &generator) {
                text.append(Self.evil.randomElement(using: &generator) ?? "a")
            }
            text += "\r\nBcc: thief@evil.example\r\n\r\n--ringfence-ab--".unicodeScalars
            let mail = message(String(text)).mail
            #expect(Self.names(mail) == headers)
            #expect(mail.utf8.allSatisfy { 0x20...0x7E ~= $0 || $0 == 0x0D || $0 == 0x0A }, "ASCII only")
            #expect(!mail.replacing("\r\n", with: "").utf8.contains { $0 == 0x0D || $0 == 0x0A }, "no bare CR or LF")
            #expect(mail.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 78 }, "short lines")
            #expect(mail.components(separatedBy: "--ringfence-ab").count == 4, "two parts and an end")
            #expect(!mail.contains("Bcc"))
        }
    }

    /// The names of the header fields.
    private static func names(_ mail: String) -> [String] {
        let head = mail.components(separatedBy: "\r\n\r\n")[0]
        return head.components(separatedBy: "\r\n").filter { !$0.hasPrefix(" ") }.map { line in
            String(line.prefix { $0 != ":" })
        }
    }

    @Test func `what it says is read back as it was, in both parts`() throws {
        let (mail, letter) = message("Grüße <b>& \"x\" 'y' 界👍")
        let parts = mail.components(separatedBy: "--ringfence-ab\r\n").dropFirst().map { part in
            let body = part.components(separatedBy: "\r\n\r\n")[1].components(separatedBy: "\r\n--")[0]
            return String(decoding: Base64.decode(Array(body.replacing("\r\n", with: "").utf8)) ?? [], as: UTF8.self)
        }
        #expect(parts[0] == letter.text.plain.replacing("\n", with: "\r\n"))
        #expect(parts[1].contains("Grüße &#60;b&#62;&#38; &#34;x&#34; &#39;y&#39; 界👍"))
        #expect(!parts[1].contains("<b>&"))
    }

    @Test func `P07 nothing in the page is a tag, a link or a script of somebody else`() {
        let text = message("<script>x</script><img src=a onerror=b><a href=https://evil.example>\u{301}\"").letter.text
        let page = MailPage.html(text)
        let tags = page.matches(of: /<[^>]*>/).map { String($0.output) }
        #expect(Set(tags) == ["<p>", "</p>", "<b>", "</b>", "<br>"])
    }

    @Test func `RFC 2047 a subject is encoded words of 75 characters that divide no character`() {
        let encoded = MailMessage.encoded(String(repeating: "ü界👍", count: 100))
        let words = encoded.components(separatedBy: "\r\n ")
        #expect(words.count > 1 && words.allSatisfy { $0.utf8.count <= 75 })
        for word in words {
            let inside = word.dropFirst("=?utf-8?B?".count).dropLast(2)
            let bytes = Base64.decode(Array(inside.utf8)) ?? [0xFF]
            #expect(String(validating: bytes, as: UTF8.self) != nil)
        }
    }
}
