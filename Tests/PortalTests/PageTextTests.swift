// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Model
import Primitives
import Testing

@testable import Portal

@Suite("Text of strangers is text")
struct PageTextTests {
    @Test(
        "whatever a stranger can name is no markup",
        arguments: [
            "<script>alert(1)</script>", "\" onfocus=\"x", "' onfocus='x", "\"\u{0301} autofocus onfocus=x",
            "<\u{0338}img src=x>",
            "<\u{200D}svg onload=x>", "&lt;b&gt;", "{{{token}}}", "{{> shell}}",
        ]
    )
    func text(hostile: String) {
        let phone: Templates.Values = ["label": hostile, "agent": hostile, "state": hostile]
        let row: Templates.Values = [
            "name": hostile, "number": hostile, "state": hostile, "icon": "check", "hasPhones": true, "phones": [phone],
        ]
        let page = Templates.render(
            "extensions",
            [
                "title": hostile, "business": hostile, "person": hostile, "sum": hostile, "hasExtensions": true,
                "extensions": [row],
            ]
        )
        let escaped = PageText.escaped(hostile)
        #expect(page.components(separatedBy: escaped).count > 5)
        guard escaped != hostile else { return }
        // Scalars, not characters: that is what a browser reads.
        #expect(!Array(page.unicodeScalars).contains(sequence: Array(hostile.unicodeScalars)))
    }

    @Test(
        "and in no part that pages are made of",
        arguments: ["<script>", "\" onfocus=\"x", "<\u{0338}img src=x>", "{{{a}}}"]
    )
    func parts(hostile: String) {
        let button = Table.Button(verb: hostile, object: hostile, address: hostile)
        let cells: [Table.Cell] = [
            .link(hostile, hostile, more: hostile), .badge(.good, hostile, more: hostile), .buttons([button]),
        ]
        let columns: [Table.Column] = [.text(hostile), .number(hostile), .buttons(hostile)]
        let fields: [FormPart.Field] = [
            .text("a", hostile, hint: hostile, value: hostile), .area("b", hostile, value: hostile),
            .select("c", hostile, value: hostile, [FormPart.Option(hostile, hostile)]), .tick("d", hostile),
            .choice("e", hostile, value: hostile, [FormPart.Option(hostile, hostile)]),
        ]
        let parts: [Part] = [
            .table(Table(hostile, columns, [cells])), .note(.bad, hostile, [hostile], link: (hostile, hostile)),
            .empty(hostile, hostile, link: (hostile, hostile)), .text(hostile), .list([hostile]),
            .facts([Part.Fact(hostile, hostile, more: hostile)]), .preformatted(hostile, label: hostile),
            .timeline([Part.Moment(hostile, hostile, more: hostile)]),
            .form(FormPart(lookingAt: hostile, hostile, fields)),
            .section(hostile, id: "x", []), .details(hostile, []),
        ]
        let escaped = PageText.escaped(hostile)
        for part in parts {
            #expect(part.html.contains(escaped))
            guard escaped != hostile else { continue }
            #expect(!Array(part.html.unicodeScalars).contains(sequence: Array(hostile.unicodeScalars)))
        }
    }

    @Test func `what cannot be seen is shown as a sign, and what is long is cut`() {
        #expect(Shown.text("a\u{202E}b\u{1B}[31m\r\n\u{0}") == "a\u{FFFD}b\u{241B}[31m\u{240D}\u{240A}\u{2400}")
        #expect(Shown.text(String(repeating: "x", count: 200)) == String(repeating: "x", count: 80) + "…")
    }

    @Test func `every page can be read, and none is filled without its frame`() {
        for name in PortalFiles.templates.keys { _ = Templates.render(name, [:]) }
        #expect(Templates.render("home", ["title": "Home"]).hasPrefix("<!doctype html>"))
    }

    @Test func `no page has style or script in the line, or a foreign address`() {
        for (name, bytes) in PortalFiles.templates {
            let text = String(decoding: bytes, as: UTF8.self)
            for word in [" style=", "<style", "onclick=", "javascript:", "http://", "https://"] {
                #expect(!text.contains(word), "\(name): \(word)")
            }
            #expect(!text.contains("<script>"), "\(name)")
        }
    }

    @Test func `style and script keep to their sizes`() {
        #expect(PortalFiles.script.count <= 5 * 1_024 && PortalFiles.style.count <= 28 * 1_024)
    }

    @Test func `every control has its page in the program`() throws {
        #expect(Set(PortalFiles.controls.keys) == Set(Control.allCases.map(\.rawValue)))
        for (name, bytes) in PortalFiles.controls {
            let html = Markdown.html(of: String(decoding: bytes, as: UTF8.self))
            #expect(html.contains("<h2>The rule</h2>"), "\(name)")
            #expect(!html.contains("`"), "\(name)")
        }
    }
}

extension Array where Element: Equatable {
    fileprivate func contains(sequence: [Element]) -> Bool {
        guard count >= sequence.count, !sequence.isEmpty else { return false }
        return (0...count - sequence.count).contains { Array(self[$0..<$0 + sequence.count]) == sequence }
    }
}

@Suite("Forms")
struct FormTests {
    @Test func `a form is read as browsers write it`() {
        let form = Form(parsing: "name=a%26b+c&empty=&name=second&bad=%zz&wrong=%FF&%C3%A4=1")
        #expect(
            form["name"] == "a&b c" && form["empty"] == "" && form["bad"] == "" && form["wrong"] == ""
                && form["ä"] == "1"
        )
    }

    @Test func `a form has no fields without number`() {
        let form = Form(parsing: (0..<100).map { "f\($0)=1" }.joined(separator: "&"))
        #expect(form["f31"] == "1" && form["f32"] == "")
    }
}

@Suite("Passwords of the portal")
struct PortalPasswordTests {
    @Test func `stolen ones are found, others are not`() {
        #expect(StolenPasswords.count > 19_000)
        for text in ["password", "123456", "qwerty123", "zzzzzz"] { #expect(StolenPasswords.contains(text), "\(text)") }
        for text in ["", "lantern orchid", "passwor", "~"] { #expect(!StolenPasswords.contains(text), "\(text)") }
    }

    @Test func `a hash fits its password and no other, and tells how it was made`() async throws {
        let hasher = Argon2Hasher()
        let hash = try await hasher.hash(Redacted("lantern orchid gravel tuba"))
        #expect(hash.reveal { copy $0 }.hasPrefix("$argon2id$v=19$m=47104,t=1,p=1$"))
        #expect(try await hasher.verify(Redacted("lantern orchid gravel tuba"), against: hash))
        #expect(try await !hasher.verify(Redacted("lantern orchid gravel tubb"), against: hash))
        #expect(try await !hasher.verify(Redacted("lantern orchid gravel tuba"), against: nil))
        let again = try await hasher.hash(Redacted("lantern orchid gravel tuba"))
        #expect(again.reveal { copy $0 } != hash.reveal { copy $0 })
    }

    @Test func `a name that nobody has takes as long as one that somebody has`() async throws {
        let hasher = Argon2Hasher()
        let hash = try await hasher.hash(Redacted("lantern orchid gravel tuba"))
        let clock = ContinuousClock()
        var times: [(Duration, Duration)] = []
        // The least of many: other tests have the processor meanwhile.
        for _ in 0..<20 {
            let somebody = try await clock.measure { _ = try await hasher.verify(Redacted("x"), against: hash) }
            let nobody = try await clock.measure { _ = try await hasher.verify(Redacted("x"), against: nil) }
            times.append((somebody, nobody))
        }
        let (one, other) = (times.map(\.0).min() ?? .zero, times.map(\.1).min() ?? .zero)
        #expect(one < other * 2 && other < one * 2, "\(one) and \(other)")
    }

    @Test func `more than are waited for are told to come back`() async {
        let hasher = Argon2Hasher()
        let refused = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    do throws(Refusal) { _ = try await hasher.verify(Redacted("x"), against: nil) } catch {
                        return true
                    }
                    return false
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(refused >= 100 && refused < 200)
    }
}
