// SPDX-License-Identifier: Apache-2.0

public import Model
import Primitives

/// What came of reading a price list.
public struct RateDeckImport: Sendable {
    public let deck: RateDeck
    /// Names of columns that were not read.
    public let ignoredColumns: [String]
    /// Lines that said again what another line says.
    public let repeatedLines: Int
    /// Prefixes that cost nothing at all: to be looked at by a person.
    public let freeRates: Int
    /// Whether whole minutes were taken, which cost most, because the list says nothing about increments.
    public let assumesMinutes: Bool
}

/// What is wrong with a price list, line by line. Nothing of it is taken.
public struct RateDeckFaults: Error, Hashable, Sendable {
    public struct Fault: Hashable, Sendable {
        /// Of the file, from 1; 0 for the whole of it.
        public let line: Int
        /// A sentence without its end.
        public let problem: String
    }

    /// The first ones, at most 20.
    public internal(set) var faults: [Fault] = []
    /// How many there are.
    public internal(set) var count = 0

    mutating func add(_ line: Int, _ problem: String) {
        count += 1
        if faults.count < Limits.deckFaults { faults.append(Fault(line: line, problem: problem)) }
    }

    /// For people.
    public var refusal: Refusal {
        let lines = faults.map { $0.line > 0 ? "line \($0.line): \($0.problem)" : $0.problem }
        let more = count > faults.count ? "; and \(count - faults.count) more" : ""
        return Refusal(
            .spendLimit,
            problem: "The price list was not imported.",
            reason: lines.joined(separator: "; ") + more,
            remedy:
                "correct it, or ask the provider for it as CSV: prefix, destination, rate per minute, increments, effective date"
        )
    }
}

/// Reads the price list of a provider: a table with a heading, as spreadsheets and billing programs export it (CSV in UTF-8).
///
/// It is found out which separator there is, which column holds what, whether decimals stand behind a point or a comma, and which
/// way round days are written. What could be read in two ways is refused with its line and never guessed. 33 MB and 250,000
/// prices at most; a time without a zone is one of UTC.
public enum RateDeckReader {
    /// Which way round a list writes days, where its own do not say: `3/4/2026`.
    public enum DayOrder: Hashable, Sendable { case dayFirst, monthFirst }

    /// - Parameters:
    ///   - version: Counts the imports under that name, from 1.
    ///   - order: Only needed for lists that write days with slashes and have none after the 12th.
    public static func read(
        _ bytes: [UInt8],
        as id: ShortName,
        version: UInt32,
        currency: Currency,
        order: DayOrder? = nil
    ) throws(RateDeckFaults) -> RateDeckImport {
        guard bytes.count <= Limits.deckBytes else { throw .whole("it has more than \(Limits.deckBytes) bytes") }
        guard !bytes.starts(with: [0xFF, 0xFE]), !bytes.starts(with: [0xFE, 0xFF]), !bytes.starts(with: [0x50, 0x4B])
        else {
            throw .whole("it is no CSV in UTF-8, but a workbook or UTF-16; export it as CSV UTF-8")
        }
        guard let (columns, separator, heading) = heading(of: bytes, currency) else {
            throw .whole("no line of it names a column for the prefix and one for the rate per minute")
        }
        if let (first, second) = columns.conflict {
            throw .line(heading, "the columns '\(first)' and '\(second)' could both be meant; delete one")
        }
        var lines = DeckLines(columns: columns, currency: currency)
        try read(SheetTable(bytes, separator: separator), after: heading, into: &lines)
        return try lines.finish(id: id, version: version, order: order)
    }

    /// The separator with which most columns of a heading are known, among the first lines: titles may stand above it.
    private static func heading(of bytes: [UInt8], _ currency: Currency) -> (DeckColumns, UInt8, line: Int)? {
        var best: (DeckColumns, UInt8, line: Int)?
        for separator in [UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: "|")] {
            var table = SheetTable(bytes, separator: separator)
            for _ in 0..<20 {
                guard let row = try? table.next() else { break }
                let columns = DeckColumns(row.fields, currency: currency)
                guard columns.isWhole, columns.count > best?.0.count ?? 0 else { continue }
                best = (columns, separator, row.line)
            }
        }
        return best
    }

    private static func read(
        _ table: SheetTable,
        after heading: Int,
        into lines: inout DeckLines
    ) throws(RateDeckFaults) {
        var table = table
        while let row = try next(of: &table) {
            guard row.line > heading, !row.isEmpty else { continue }
            lines.add(row)
            guard lines.count <= Model.Limits.deckRates else {
                throw .whole("it has more than \(Model.Limits.deckRates) prices")
            }
        }
    }

    private static func next(of table: inout SheetTable) throws(RateDeckFaults) -> SheetTable.Row? {
        do {
            return try table.next()
        } catch {
            throw .line(error.line, error.words)
        }
    }
}

extension RateDeckFaults {
    static func whole(_ problem: String) -> Self { line(0, problem) }

    static func line(_ line: Int, _ problem: String) -> Self {
        var faults = Self()
        faults.add(line, problem)
        return faults
    }
}

extension SheetTable.Fault {
    fileprivate var words: String {
        switch self {
        case .columns: "it has more than \(Limits.deckColumns) columns"
        case .field: "a field has more than \(Limits.deckFieldBytes) bytes"
        case .quote: "a field that begins with a quotation mark does not end with one"
        }
    }
}
