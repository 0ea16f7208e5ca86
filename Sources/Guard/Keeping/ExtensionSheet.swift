// SPDX-License-Identifier: Apache-2.0

import Model

/// A list of people as spreadsheets and other phone systems export it: CSV in UTF-8 with a heading.
///
/// Secrets are never taken: those of another system were chosen by people, or have been read by many. Each phone gets a new one.
public struct ExtensionSheet: Hashable, Sendable {
    /// One line of it.
    public struct Row: Hashable, Sendable {
        public let number: String
        public let name: String?
        /// Its pick-up group.
        public let group: String?
    }

    public let rows: [Row]
    /// Headings of columns with passwords, PINs or the like.
    public let secretColumns: [String]
    /// Headings of other columns that were not read.
    public let ignoredColumns: [String]

    /// - Throws: A refusal that names the lines; then nothing is taken.
    public init(reading bytes: [UInt8]) throws(Refusal) {
        guard bytes.count <= Limits.sheetBytes else { throw .noSheet("it has more than \(Limits.sheetBytes) bytes") }
        for separator in [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")] {
            var table = SheetTable(bytes, separator: separator)
            guard let heading = try? table.next(), let columns = Columns(heading.fields) else { continue }
            rows = try Self.rows(&table, columns)
            secretColumns = columns.secrets
            ignoredColumns = columns.ignored
            return
        }
        throw .noSheet("its first line names no column for the number: 'number' or 'extension'")
    }

    private static func rows(_ table: inout SheetTable, _ columns: Columns) throws(Refusal) -> [Row] {
        var (rows, faults, numbers): ([Row], [String], [String: Int]) = ([], [], [:])
        do {
            while let row = try table.next() {
                guard !row.isEmpty else { continue }
                let number = columns.number(in: row)
                if ExtensionNumber(parsing: number) == nil {
                    faults.append("line \(row.line): '\(number.prefix(16))' is no number of 2 to 6 digits")
                } else if let before = numbers.updateValue(row.line, forKey: number) {
                    faults.append("line \(row.line): \(number) is in line \(before) already")
                }
                rows.append(Row(number: number, name: columns.name(in: row), group: columns.group(in: row)))
            }
        } catch {
            throw .noSheet("line \(error.line) cannot be read: a quotation mark is open, or it is too long")
        }
        guard faults.isEmpty else {
            let more = faults.count > 10 ? "; and \(faults.count - 10) more" : ""
            throw .noSheet(faults.prefix(10).joined(separator: "; ") + more)
        }
        return rows
    }

    /// Which column holds what, by its heading.
    private struct Columns {
        private let numberColumn: Int
        private let nameColumns: [Int]
        private let groupColumn: Int?
        let secrets: [String]
        let ignored: [String]

        init?(_ headings: [String]) {
            let words = headings.map { $0.lowercased().filter { $0.isLetter } }
            guard
                let number = words.firstIndex(where: {
                    ["number", "extension", "ext", "user", "nebenstelle"].contains($0)
                })
            else { return nil }
            numberColumn = number
            let whole = words.firstIndex { ["name", "displayname", "fullname", "calleridname"].contains($0) }
            nameColumns = whole.map { [$0] } ?? words.indices.filter { ["firstname", "lastname"].contains(words[$0]) }
            groupColumn = words.firstIndex { ["group", "pickupgroup", "callgroup"].contains($0) }
            let isSecret = { (word: String) in
                ["secret", "passw", "pwd", "pin", "authid", "token", "hash"].contains(where: word.contains)
            }
            let used = Set(nameColumns + [number] + (groupColumn.map { [$0] } ?? []))
            secrets = headings.indices.filter { !used.contains($0) && isSecret(words[$0]) }.map { headings[$0] }
            ignored = headings.indices.filter { !used.contains($0) && !isSecret(words[$0]) }.map { headings[$0] }
        }

        func number(in row: SheetTable.Row) -> String { Self.field(numberColumn, row) }

        func name(in row: SheetTable.Row) -> String? {
            let parts = nameColumns.map { Self.field($0, row) }.filter { !$0.isEmpty }
            return parts.isEmpty ? nil : parts.joined(separator: " ")
        }

        func group(in row: SheetTable.Row) -> String? {
            groupColumn.map { Self.field($0, row) }.flatMap { $0.isEmpty ? nil : $0 }
        }

        /// What our own export wrote before a formula is taken away again.
        private static func field(_ column: Int, _ row: SheetTable.Row) -> String {
            guard column < row.fields.count else { return "" }
            let text = row.fields[column]
            guard text.first == "'", let second = text.dropFirst().first, "=+-@\t\n".contains(second) else {
                return text
            }
            return String(text.dropFirst())
        }
    }
}

extension Refusal {
    fileprivate static func noSheet(_ reason: String) -> Self {
        Self(
            problem: "The list was not imported.",
            reason: reason,
            remedy: "correct it, and import it again; its first line is such as: number,name,group"
        )
    }
}
