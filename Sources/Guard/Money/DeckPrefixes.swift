// SPDX-License-Identifier: Apache-2.0

import Model

/// The prefixes that a field of a price list stands for: `447`, `+44 7`, `44-7`, `0044 7`, a range `9370-9379`, a list `4470, 4471`.
enum DeckPrefixes {
    enum Fault: Error, Hashable {
        case unreadable(String)
        /// A range and a number in two parts look the same.
        case ambiguous(String)
        case tooWide(String)
    }

    /// - Parameter country: The code that stands in a column of its own; then a field without anything stands for all of it.
    static func read(_ field: String?, country: String?) throws(Fault) -> [NumberPrefix] {
        let code = try country.map { text throws(Fault) in try digits(text[...], in: text) } ?? ""
        guard let field else { return [try prefix(code, in: country ?? "")] }
        var prefixes: [NumberPrefix] = []
        for part in field.split(whereSeparator: { ",;|\n\r".contains($0) }) {
            let part = part.drop(while: \.isWhitespace)
            guard !part.isEmpty else { continue }
            prefixes += try one(part, code: code)
            guard prefixes.count <= Limits.deckFieldBytes else { throw .tooWide(shown(part)) }
        }
        guard !prefixes.isEmpty else { throw .unreadable(shown(field[...])) }
        return prefixes
    }

    private static func one(_ text: Substring, code: String) throws(Fault) -> [NumberPrefix] {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            var joined = code
            for part in parts { joined += try digits(part, in: String(text)) }
            return [try prefix(joined, in: String(text))]
        }
        let (first, second) = (try digits(parts[0], in: String(text)), try digits(parts[1], in: String(text)))
        switch meaning(first, second, hasCountry: !code.isEmpty) {
        case .joined: return [try prefix(code + first + second, in: String(text))]
        case .range: return try range(code + first, code + second, in: text)
        case .unclear: throw .ambiguous(shown(text))
        }
    }

    private enum Meaning { case joined, range, unclear }

    /// A country code has at most three digits, so what is longer before a hyphen is the beginning of a range.
    private static func meaning(_ first: String, _ second: String, hasCountry: Bool) -> Meaning {
        let isUpward = first.utf8.count == second.utf8.count && first < second
        if hasCountry { return isUpward ? .range : .unclear }
        if first.utf8.count > 3 { return isUpward && first.prefix(2) == second.prefix(2) ? .range : .unclear }
        return isUpward && first.first == second.first ? .unclear : .joined
    }

    private static func range(_ first: String, _ last: String, in text: Substring) throws(Fault) -> [NumberPrefix] {
        let (low, high) = (try prefix(first, in: String(text)).value, try prefix(last, in: String(text)).value)
        guard low <= high, high - low < Limits.deckRange else { throw .tooWide(shown(text)) }
        return (low...high).compactMap { NumberPrefix(value: $0) }
    }

    /// Digits without what people write around them. Two zeros in front are the way abroad, and no country begins with one.
    private static func digits(_ text: Substring, in whole: String) throws(Fault) -> String {
        var digits = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "+"), UInt8(ascii: " "), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"): break
            default: throw .unreadable(shown(whole[...]))
            }
        }
        guard !digits.isEmpty, digits.utf8.count <= 20 else { throw .unreadable(shown(whole[...])) }
        return digits
    }

    private static func prefix(_ digits: String, in text: String) throws(Fault) -> NumberPrefix {
        let canonical = digits.hasPrefix("00") ? digits.dropFirst(2) : digits[...]
        guard let prefix = NumberPrefix(parsing: "+" + canonical) else { throw .unreadable(shown(text[...])) }
        return prefix
    }

    private static func shown(_ text: Substring) -> String { String(text.prefix(Limits.shownTarget)) }
}
