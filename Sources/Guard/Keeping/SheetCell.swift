// SPDX-License-Identifier: Apache-2.0

import Primitives

/// A cell of a table that spreadsheets read (RFC 4180).
public enum SheetCell {
    /// A spreadsheet shows it and computes nothing, whoever wrote it: OWASP's list of what begins a formula, and the full-width
    /// forms that some programs take for the same. What turns a line around or cannot be seen is U+FFFD.
    public static func text(_ text: String) -> String {
        let shown = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.deceivesReaders ? "\u{FFFD}" : $0 }))
        let safe = begins(text) ? "'" + shown : shown
        guard safe.utf8.contains(where: { [0x22, 0x2C, 0x3B].contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }

    /// One line of several, without its end.
    public static func line(_ cells: [String]) -> String { cells.map(text).joined(separator: ",") }

    private static func begins(_ text: String) -> Bool {
        text.unicodeScalars.first.map { "=+-@\t\r\n\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains($0) }
            ?? false
    }
}
