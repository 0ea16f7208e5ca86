// SPDX-License-Identifier: Apache-2.0

import Model
import Testing

@Suite("Extension numbers")
struct ExtensionNumberTests {
    @Test(arguments: ["10", "07", "204", "999999"])
    func `two to six digits are a number`(text: String) {
        #expect(ExtensionNumber(parsing: text)?.text == text)
    }

    @Test(arguments: [
        "", "1", "1234567", "2o4", " 204", "204 ", "+49", "20.4", "2\u{0}4", "\u{0662}\u{0660}\u{0664}",
        "\u{FF12}\u{FF10}\u{FF14}", "-204", "2*4",
    ])
    func `anything else is not, digits of other scripts included`(text: String) {
        #expect(ExtensionNumber(parsing: text) == nil)
    }

    @Test func `bytes off the wire are judged the same way`() {
        #expect(ExtensionNumber(ascii: Array("204".utf8)[...])?.text == "204")
        #expect(ExtensionNumber(ascii: [0xB2, 0xB0]) == nil)
    }

    @Test func `lists are in the order of a telephone book`() {
        let numbers = ["1000", "204", "20", "99", "07"].compactMap { ExtensionNumber(parsing: $0) }
        #expect(numbers.sorted().map(\.text) == ["07", "20", "99", "204", "1000"])
    }

    @Test func `a leading zero makes another number`() {
        #expect(ExtensionNumber(parsing: "07") != ExtensionNumber(parsing: "007"))
    }
}

@Suite("Domain names")
struct DomainNameTests {
    static let names: [(typed: String, kept: String)] = [
        ("PBX.Example.com", "pbx.example.com"),
        ("localhost", "localhost"),
        ("a-b.example", "a-b.example"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:DB8::1", "[2001:db8::1]"),
        ("[2001:db8:0:0::1]", "[2001:db8::1]"),
        ("3com.example", "3com.example"),
    ]

    @Test(arguments: names)
    func `are kept in one spelling`(typed: String, kept: String) {
        #expect(DomainName(parsing: typed)?.text == kept)
    }

    static let wrong = [
        "", ".", "a..b", ".example", "example.", "-a.example", "a-.example", "exa mple", "exämple.de", "a_b.example",
        "a\r\nb", "1.2.3", "1.2.3.4.5", "256.1.1.1", "a.1", "[2001:db8::1", "2001:db8::1::2", "a/b", "a\"b", "a@b",
        String(repeating: "a", count: 64) + ".example", Array(repeating: "abcdefg", count: 32).joined(separator: "."),
    ]

    @Test(arguments: wrong)
    func `that no phone could reach, or that break out of a header, do not exist`(text: String) {
        #expect(DomainName(parsing: text) == nil)
    }
}

@Suite("Display names")
struct DisplayNameTests {
    @Test func `lose the spaces around them and keep everything people write`() {
        #expect(DisplayName.parse("  Frau Müller 🏢 ") == "Frau Müller 🏢")
        #expect(DisplayName.parse("受付") == "受付")
    }

    static let wrong = [
        "", "   ", "a\nb", "a\r\nVia: x", "a\u{0}b", "a\u{1B}[31mb", "a\u{202E}b", "a\u{2028}b", "a\u{7F}b",
        String(repeating: "x", count: 65), String(repeating: "ü", count: 33),
    ]

    @Test(arguments: wrong)
    func `cannot end a line, move a cursor or turn the text around them`(text: String) {
        #expect(DisplayName.parse(text) == nil)
    }
}
