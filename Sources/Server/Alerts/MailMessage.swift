// SPDX-License-Identifier: Apache-2.0

import Admin
import Glibc
import Model
import Primitives

/// A letter as a mail (RFC 5322, RFC 2045): plain text and the same as HTML. No name that a stranger chose reaches a header but as an
/// encoded word (RFC 2047), or a line of the body but as Base 64, so none can end one.
struct MailMessage {
    let bytes: [UInt8]

    init(_ letter: AlertLetter, by way: MailWay) {
        let boundary = "ringfence-\(letter.id)"
        var lines = [
            "Date: \(Self.date(letter.at))",
            "From: Ringfence <\(way.from)>",
            "To: \(way.to.map(\.text).joined(separator: ",\r\n "))",
            "Message-ID: \(Self.id(of: letter, by: way))",
            "Subject: \(Self.encoded(letter.text.subject))",
            // Nobody's holiday answers (RFC 3834).
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative; boundary=\"\(boundary)\"",
        ]
        if letter.severity == .critical { lines.append("Importance: high") }
        lines.append("")
        for (type, text) in [("plain", letter.text.plain), ("html", MailPage.html(letter.text))] {
            lines += [
                "--\(boundary)", "Content-Type: text/\(type); charset=utf-8", "Content-Transfer-Encoding: base64", "",
            ]
            lines += Self.folded(Base64.encode(Array(text.replacing("\n", with: "\r\n").utf8)))
        }
        lines += ["--\(boundary)--", ""]
        bytes = Array(lines.joined(separator: "\r\n").utf8)
    }

    /// The same for the same letter, so that a mail server that has it already can drop it.
    static func id(of letter: AlertLetter, by way: MailWay) -> String { "<\(letter.id)@\(way.from.domain)>" }

    /// Lines of 76 characters (RFC 2045 §6.8).
    private static func folded(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return stride(from: 0, to: bytes.count, by: 76).map {
            String(decoding: bytes[$0..<min($0 + 76, bytes.count)], as: UTF8.self)
        }
    }

    /// Encoded words of at most 75 characters, one on each line, none of which divides a character (RFC 2047 §2, §5).
    static func encoded(_ text: String) -> String {
        var words: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars.prefix(Limits.subjectScalars) {
            let bytes = Array(String(scalar).utf8)
            if words[words.count - 1].count + bytes.count > 42 { words.append([]) }
            words[words.count - 1] += bytes
        }
        return words.map { "=?utf-8?B?\(Base64.encode($0))?=" }.joined(separator: "\r\n ")
    }

    /// RFC 5322 §3.3, in UTC.
    static func date(_ time: WallTime) -> String {
        var seconds = time_t(time.milliseconds / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 64)
        let count = strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S +0000", &parts)
        return String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// The part of a mail that mail programs show: paragraphs, without script, style, picture or link.
enum MailPage {
    static func html(_ text: AlertText) -> String {
        text.paragraphs.map { paragraph in
            "<p><b>\(escaped(paragraph.title))</b>" + paragraph.lines.map { "<br>\n\(escaped($0))" }.joined() + "</p>\n"
        }.joined()
    }

    /// Each character that means something there by its number.
    static func escaped(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&", "<", ">", "\"", "'", "`": shown += "&#\(scalar.value);"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
