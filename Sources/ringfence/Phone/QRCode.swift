// SPDX-License-Identifier: Apache-2.0

import CQREncode

/// A QR code (ISO/IEC 18004) for a terminal.
struct QRCode {
    /// Modules on a side.
    let width: Int
    private let dark: [Bool]
    /// Empty modules around it; readers need four.
    private static let margin = 4

    /// - Returns: `nil` when the text does not fit into the largest code, about 2,300 bytes.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        // Version 0 lets the library choose the smallest; level M survives a smudge of 15 %.
        guard let code = QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_M) else { return nil }
        defer { QRcode_free(code) }
        let side = Int(code.pointee.width)
        // The lowest bit of a module says dark; the others are notes of the encoder.
        dark = (0..<side * side).map { code.pointee.data[$0] & 1 == 1 }
        width = side
    }

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

    private func isDark(_ row: Int, _ column: Int) -> Bool {
        guard 0..<width ~= row, 0..<width ~= column else { return false }
        return dark[row * width + column]
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
