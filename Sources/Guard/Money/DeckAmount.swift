// SPDX-License-Identifier: Apache-2.0

import Model

/// The prices of a price list. One sign parts the decimals in all of it: a list that has both is not guessed at.
struct DeckAmount {
    enum Fault: Error, Hashable {
        case unreadable(String)
        /// Another sign before the decimals than on the line before.
        case otherSign(String, firstAt: Int)
        case otherCurrency(String)
    }

    private let currency: Currency
    private var sign: (byte: UInt8, line: Int)?

    init(currency: Currency) { self.currency = currency }

    /// Reads `0.0123`, `0,0123`, `€ 0.01` or `0.01 EUR`. More than six decimals are rounded up.
    mutating func read(_ text: String, at line: Int) throws(Fault) -> Money {
        let number = Array(try withoutCurrency(text).utf8)
        let marks = number.indices.filter { number[$0] == UInt8(ascii: ".") || number[$0] == UInt8(ascii: ",") }
        guard marks.count <= 1, !number.isEmpty, number.count <= 24 else { throw .unreadable(shown(text)) }
        guard let mark = marks.first else { return try money(number[...], [], of: text) }
        if let sign, sign.byte != number[mark] { throw .otherSign(shown(text), firstAt: sign.line) }
        if sign == nil { sign = (number[mark], line) }
        return try money(number[..<mark], number[(mark + 1)...], of: text)
    }

    private func money(
        _ whole: ArraySlice<UInt8>,
        _ decimals: ArraySlice<UInt8>,
        of text: String
    ) throws(Fault) -> Money {
        let micros = decimals.prefix(6) + repeatElement(UInt8(ascii: "0"), count: max(0, 6 - decimals.count))
        guard whole.count <= 10, let units = Self.value(whole), let fraction = Self.value(micros),
            let rest = Self.value(decimals.dropFirst(6)),
            let money = Money(micros: units * 1_000_000 + fraction + min(rest, 1))
        else { throw .unreadable(shown(text)) }
        return money
    }

    /// At most 17 digits. 0 for none.
    private static func value(_ digits: some Sequence<UInt8>) -> Int64? {
        var value: Int64 = 0
        for byte in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow, shifted <= .max - 9 else { return nil }
            value = shifted + Int64(byte - UInt8(ascii: "0"))
        }
        return value
    }

    /// The name of the currency and its sign may stand on either side; those of another may not.
    private func withoutCurrency(_ text: String) throws(Fault) -> String {
        let marks = text.filter { !($0.isASCII && $0.isNumber) && !".,".contains($0) && !$0.isWhitespace }
        guard !marks.isEmpty else { return text.filter { !$0.isWhitespace } }
        guard marks.uppercased() == currency.code || Self.sign(marks, mayMean: currency) else {
            throw marks == "-" || marks == "+" ? .unreadable(shown(text)) : .otherCurrency(shown(text))
        }
        return text.filter { ($0.isASCII && $0.isNumber) || ".,".contains($0) }
    }

    private static func sign(_ mark: String, mayMean currency: Currency) -> Bool {
        switch mark {
        case "€": currency.code == "EUR"
        case "£": currency.code == "GBP"
        case "$": ["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"].contains(currency.code)
        default: false
        }
    }

    private func shown(_ text: String) -> String { String(text.prefix(Limits.shownTarget)) }
}
