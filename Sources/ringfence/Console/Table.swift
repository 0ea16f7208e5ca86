// SPDX-License-Identifier: Apache-2.0

import Primitives

/// Columns of text, as wide as what is in them.
struct Table {
    let columns: [String]
    let rows: [[String]]

    init(_ columns: [String], _ rows: [[String]]) {
        (self.columns, self.rows) = (columns, rows.map { $0.map(\.shown) })
    }

    var text: String {
        let lines = [columns.map { $0.uppercased() }] + rows
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            let cells = zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            let text = cells.joined(separator: "  ")
            return String(text.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}

/// Lines of a name and a value, the values below each other.
struct FactList {
    let facts: [(name: String, value: String)]

    init(_ facts: [(name: String, value: String)]) {
        self.facts = facts
    }

    var text: String {
        let width = facts.map(\.name.count).max() ?? 0
        return facts.map { name, value in
            "  \(name):" + String(repeating: " ", count: width - name.count + 2) + value.shown
        }.joined(separator: "\n")
    }
}

extension String {
    /// What a terminal can be given: a phone's own name for itself must not move the cursor.
    var shown: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.deceivesReaders ? "\u{FFFD}" : $0 }))
    }

    /// JSON that says the same in what a terminal can be given: such characters are escaped. Within strings only, because
    /// nowhere else does JSON of one line have one.
    var shownJSON: String {
        guard unicodeScalars.contains(where: \.deceivesReaders) else { return self }
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalar.deceivesReaders {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    text += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).unicodeScalars
                }
            } else {
                text.append(scalar)
            }
        }
        return String(text)
    }
}

/// `1 call`, `2 calls`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
