// SPDX-License-Identifier: Apache-2.0

import Portal

/// In a terminal.
extension QRCode {
    /// Two modules to a character, one above the other.
    ///
    /// - Parameter inColour: Black on white whatever the terminal's colours are. Otherwise light modules are drawn and dark
    ///   ones are left out, which is right on a dark background.
    func text(inColour: Bool) -> String {
        let range = -Self.margin..<width + Self.margin
        return stride(from: range.lowerBound, to: range.upperBound, by: 2).map { row in
            let line = range.map { column in glyph(upper: isDark(row, column), lower: isDark(row + 1, column)) }
                .joined()
            return inColour ? "\u{1B}[40;97m\(line)\u{1B}[0m" : line
        }.joined(separator: "\n")
    }

    private func glyph(upper: Bool, lower: Bool) -> String {
        switch (upper, lower) {
        case (true, true): " "
        case (true, false): "\u{2584}"
        case (false, true): "\u{2580}"
        case (false, false): "\u{2588}"
        }
    }
}
