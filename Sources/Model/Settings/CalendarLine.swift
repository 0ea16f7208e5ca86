// SPDX-License-Identifier: Apache-2.0

/// One line of content of a calendar (RFC 5545 §3.1): a name, parameters and a value.
struct CalendarLine {
    /// Where it begins, from 1.
    let number: Int
    /// In upper case.
    let name: String
    let value: String

    /// Parameters end at the first colon outside of quotes.
    init(_ text: Substring, number: Int) {
        self.number = number
        let name = text.prefix { $0 != ":" && $0 != ";" }
        var (isQuoted, rest) = (false, text[name.endIndex...])
        while let next = rest.first, isQuoted || next != ":" {
            if next == "\"" { isQuoted.toggle() }
            rest = rest.dropFirst()
        }
        (self.name, value) = (name.uppercased(), String(rest.dropFirst()))
    }

    func begins(_ part: String) -> Bool { name == "BEGIN" && hasValue(part) }

    func hasValue(_ text: String) -> Bool { value.uppercased() == text }

    /// The value as a name for people: without escapes (§3.3.11), control characters and whatever is too long.
    var plainText: String {
        var (text, isEscaped) = ("", false)
        for character in value where text.utf8.count < Limits.nameBytes {
            if character == "\\", !isEscaped {
                isEscaped = true
                continue
            }
            let isBreak = isEscaped && (character == "n" || character == "N")
            isEscaped = false
            let scalar = character.unicodeScalars.first?.value ?? 0
            text.append(isBreak || scalar < 0x20 || scalar == 0x7F ? " " : character)
        }
        while text.utf8.count > Limits.nameBytes { text.removeLast() }
        return text
    }
}

/// The lines of a calendar, with those that were folded joined again. Reads each byte once.
struct CalendarLines {
    private let bytes: [UInt8]
    private var offset = 0
    /// The line that is read next, from 1.
    private(set) var number = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // A mark of the byte order, which some programmes write.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    /// The next line that is not empty. One that goes on beyond ``Limits/calendarLineBytes`` is cut there.
    mutating func next() -> CalendarLine? {
        while offset < bytes.count {
            let start = number
            var text = takeLine()
            while offset < bytes.count, bytes[offset] == 0x20 || bytes[offset] == 0x09 {
                offset += 1
                text += takeLine().prefix(Limits.calendarLineBytes - text.count)
            }
            if !text.isEmpty { return CalendarLine(Substring(String(decoding: text, as: UTF8.self)), number: start) }
        }
        return nil
    }

    private mutating func takeLine() -> ArraySlice<UInt8> {
        let line = bytes[offset...].prefix { $0 != 0x0A }
        offset = min(line.endIndex + 1, bytes.count)
        number += 1
        let text = line.last == 0x0D ? line.dropLast() : line
        return text.prefix(Limits.calendarLineBytes)
    }
}
