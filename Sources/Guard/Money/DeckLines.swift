// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// The lines of a price list, read one by one and put together at the end, when it is known which way round it writes days.
struct DeckLines {
    private struct Line {
        let number: Int
        let prefixes: [NumberPrefix]
        let destination: String
        /// `nil` for what the provider closed without a price.
        let tariff: Tariff
        let isClosed: Bool
        let from: DeckDate?
        let until: DeckDate?
        /// Whether the end is a day and not a time: then it is the last one on which the price holds.
        let endsWithDay: Bool
    }

    private struct Key: Hashable {
        let prefix: NumberPrefix
        let from: WallTime
    }

    private let columns: DeckColumns
    private let currency: Currency
    private var amounts: DeckAmount
    private var lines: [Line] = []
    private(set) var faults = RateDeckFaults()
    /// Prices so far.
    private(set) var count = 0

    init(columns: DeckColumns, currency: Currency) {
        (self.columns, self.currency, amounts) = (columns, currency, DeckAmount(currency: currency))
    }

    mutating func add(_ row: SheetTable.Row) {
        do {
            let line = try read(row)
            count += line.prefixes.count
            lines.append(line)
        } catch {
            faults.add(row.line, error.words)
        }
    }

    private struct Problem: Error {
        let words: String

        init(_ words: String) { self.words = words }
    }

    private mutating func read(_ row: SheetTable.Row) throws(Problem) -> Line {
        if let money = columns.field(.currency, of: row), Currency(parsing: money) != currency {
            throw Problem("it is in \(money.prefix(Limits.shownTarget)), but the budgets are in \(currency)")
        }
        let prefixes = try prefixes(of: row)
        let isClosed = columns.field(.status, of: row).map { Self.closes($0) } ?? false
        let until = columns.field(.until, of: row)
        return Line(
            number: row.line,
            prefixes: prefixes,
            destination: destination(of: row, prefixes),
            tariff: try tariff(of: row, isClosed: isClosed),
            isClosed: isClosed,
            from: try date(columns.field(.from, of: row)),
            until: try date(until),
            endsWithDay: until.map { !$0.contains(":") } ?? false
        )
    }

    private static func closes(_ status: String) -> Bool {
        let words = status.lowercased().split(whereSeparator: { !$0.isLetter })
        return words.contains {
            ["blocked", "closed", "deleted", "delete", "discontinued", "inactive", "disabled", "removed", "barred"]
                .contains($0)
        }
    }

    private func prefixes(of row: SheetTable.Row) throws(Problem) -> [NumberPrefix] {
        let country = columns.field(.countryCode, of: row)
        let field = columns.field(.prefix, of: row) ?? columns.field(.areaCodes, of: row)
        guard field != nil || country != nil else { throw Problem("it has no prefix") }
        // A whole prefix stands for itself, whatever stands in the column for the country.
        let code = columns.has(.prefix) ? nil : country
        do {
            return try DeckPrefixes.read(field ?? (code == nil ? country : nil), country: code)
        } catch {
            throw Problem(Self.words(error))
        }
    }

    private static func words(_ fault: DeckPrefixes.Fault) -> String {
        switch fault {
        case .unreadable(let text): "'\(text)' is no prefix with its country code"
        case .ambiguous(let text):
            "'\(text)' may be a range or a number in two parts; write every prefix without a hyphen"
        case .tooWide(let text): "'\(text)' stands for more than \(Limits.deckRange) prefixes"
        }
    }

    /// Without what deceives readers, cut to what fits a screen.
    private func destination(of row: SheetTable.Row, _ prefixes: [NumberPrefix]) -> String {
        let field = columns.field(.destination, of: row) ?? ""
        var name = ""
        for scalar in field.unicodeScalars where !scalar.deceivesReaders {
            guard name.utf8.count + 4 <= Model.Limits.nameBytes else { break }
            name.unicodeScalars.append(scalar)
        }
        return DisplayName.parse(name) ?? prefixes.first?.text ?? ""
    }

    // MARK: Prices

    private mutating func tariff(of row: SheetTable.Row, isClosed: Bool) throws(Problem) -> Tariff {
        guard let price = columns.field(.perMinute, of: row) else {
            // What is closed needs no price.
            guard isClosed, let free = Tariff(perMinute: .zero, increments: .minutes) else {
                throw Problem("it has no price")
            }
            return free
        }
        let perMinute = try minutePrice(try amount(price, row.line), of: row)
        let setUp =
            try columns.field(.setUp, of: row).map { text throws(Problem) in try amount(text, row.line) } ?? .zero
        guard let tariff = Tariff(setUp: setUp, perMinute: perMinute, increments: try increments(of: row)) else {
            throw Problem("the price \(price.prefix(Limits.shownTarget)) is too high to be true")
        }
        return tariff
    }

    private mutating func amount(_ text: String, _ line: Int) throws(Problem) -> Money {
        do {
            return try amounts.read(text, at: line)
        } catch {
            throw Problem(words(error))
        }
    }

    private func words(_ fault: DeckAmount.Fault) -> String {
        switch fault {
        case .unreadable(let text): "'\(text)' is no price"
        case .otherSign(let text, let line): "'\(text)' has another sign before its decimals than line \(line)"
        case .otherCurrency(let text): "'\(text)' is not in \(currency)"
        }
    }

    /// Where a price is for another stretch of time than a minute, rounded up.
    private func minutePrice(_ price: Money, of row: SheetTable.Row) throws(Problem) -> Money {
        guard let unit = columns.field(.unit, of: row) else { return price }
        guard let seconds = Self.seconds(unit), price.micros <= Model.Limits.highestPrice,
            let minute = Money(micros: (price.micros * 60 + Int64(seconds) - 1) / Int64(seconds))
        else { throw Problem("'\(unit.prefix(Limits.shownTarget))' is no unit of time") }
        return minute
    }

    private func increments(of row: SheetTable.Row) throws(Problem) -> Increments {
        let both = columns.field(.increments, of: row)
        let parts = both?.split(whereSeparator: { "/-:+,; ".contains($0) }).map { Self.seconds(String($0)) } ?? []
        let first = columns.field(.first, of: row).map { Self.seconds($0) } ?? parts.first ?? nil
        let next = columns.field(.next, of: row).map { Self.seconds($0) } ?? parts.last ?? nil
        if both == nil, !columns.has(.first) || columns.field(.first, of: row) == nil,
            columns.field(.next, of: row) == nil
        {
            return .minutes
        }
        guard parts.count <= 2, !parts.contains(nil), let some = first ?? next,
            let increments = Increments(first: some, next: next ?? some)
        else {
            throw Problem("its increments are not two numbers of seconds, such as 60/1")
        }
        return increments
    }

    /// `60`, `60s` or `1m`.
    private static func seconds(_ text: String) -> Int? {
        let letters = text.lowercased().drop { $0.isASCII && $0.isNumber }.filter { !$0.isWhitespace && $0 != "." }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard (1...4).contains(digits.utf8.count), let number = Int(digits) else { return nil }
        switch letters {
        case "", "s", "sec", "second", "seconds": return (1...3_600).contains(number) ? number : nil
        case "m", "min", "minute", "minutes": return (1...60).contains(number) ? number * 60 : nil
        default: return nil
        }
    }

    // MARK: Days

    private func date(_ text: String?) throws(Problem) -> DeckDate? {
        guard let text else { return nil }
        guard let date = DeckDate(parsing: text) else {
            throw Problem("'\(text.prefix(Limits.shownTarget))' is no day; write 2026-11-29")
        }
        return date
    }

    /// Which way round days are written; `nil` where it does not matter.
    private func dayFirst(_ order: RateDeckReader.DayOrder?) throws(RateDeckFaults) -> Bool {
        if let order { return order == .dayFirst }
        let dates = lines.flatMap { line in [line.from, line.until].compactMap { $0.map { (line.number, $0) } } }
        let dayFirst = dates.first { $0.1.isDayFirst == true }
        let monthFirst = dates.first { $0.1.isDayFirst == false }
        if let dayFirst, let monthFirst {
            throw .line(
                max(dayFirst.0, monthFirst.0),
                "days are written the other way round than on line \(min(dayFirst.0, monthFirst.0))"
            )
        }
        if dayFirst == nil, monthFirst == nil, let unclear = dates.first(where: { $0.1.isUnclear }) {
            throw .line(unclear.0, "a day with slashes may begin with the day or with the month; say which")
        }
        return monthFirst == nil
    }

    // MARK: Together

    mutating func finish(
        id: ShortName,
        version: UInt32,
        order: RateDeckReader.DayOrder?
    ) throws(RateDeckFaults) -> RateDeckImport {
        guard faults.count == 0 else { throw faults }
        let dayFirst = try dayFirst(order)
        var (rates, known, repeated) = ([DeckRate](), [Key: (rate: DeckRate, line: Int)](), 0)
        for line in lines {
            for rate in try self.rates(of: line, dayFirst: dayFirst) {
                let key = Key(prefix: rate.prefix, from: rate.from)
                guard let other = known[key] else {
                    known[key] = (rate, line.number)
                    rates.append(rate)
                    continue
                }
                if other.rate.says(rate) { repeated += 1 } else { faults.addDuplicate(rate, line.number, other.line) }
            }
        }
        guard faults.count == 0 else { throw faults }
        guard !rates.isEmpty, let deck = RateDeck(id: id, version: version, currency: currency, rates: rates) else {
            throw .whole("it has no price")
        }
        return RateDeckImport(
            deck: deck,
            ignoredColumns: columns.ignored,
            repeatedLines: repeated,
            freeRates: rates.count { !$0.isClosed && $0.tariff.perMinute == .zero && $0.tariff.setUp == .zero },
            assumesMinutes: ![.increments, .first, .next].contains { columns.has($0) }
        )
    }

    private func rates(of line: Line, dayFirst: Bool) throws(RateDeckFaults) -> [DeckRate] {
        let (from, end) = (line.from?.time(dayFirst: dayFirst), line.until?.time(dayFirst: dayFirst))
        guard (line.from == nil) == (from == nil), (line.until == nil) == (end == nil) else {
            throw .line(line.number, "no calendar has that day")
        }
        let until = end.map { line.endsWithDay ? $0 + .seconds(86_400) : $0 }
        let rates = line.prefixes.compactMap {
            DeckRate(
                prefix: $0,
                destination: line.destination,
                tariff: line.tariff,
                from: from ?? WallTime(milliseconds: 0),
                until: until,
                isClosed: line.isClosed
            )
        }
        guard rates.count == line.prefixes.count else { throw .line(line.number, "it ends before it begins") }
        return rates
    }
}

extension DeckRate {
    /// Whether it says the same as another of that prefix and beginning; the name of the place may differ.
    fileprivate func says(_ other: DeckRate) -> Bool {
        tariff == other.tariff && until == other.until && isClosed == other.isClosed
    }
}

extension RateDeckFaults {
    fileprivate mutating func addDuplicate(_ rate: DeckRate, _ line: Int, _ other: Int) {
        add(line, "\(rate.prefix) has another price than on line \(other), from the same day on")
    }
}
