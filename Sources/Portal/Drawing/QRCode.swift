// SPDX-License-Identifier: Apache-2.0

import CQREncode

/// A QR code (ISO/IEC 18004).
public struct QRCode: Sendable {
    /// Modules on a side.
    public let width: Int
    private let dark: [Bool]
    /// Empty modules around it; readers need four.
    public static let margin = 4

    /// - Returns: `nil` when the text does not fit into the largest code, about 2,300 bytes.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        // Version 0 lets the library choose the smallest; level M survives a smudge of 15 %.
        guard let code = QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_M) else { return nil }
        defer { QRcode_free(code) }
        let side = Int(code.pointee.width)
        // The lowest bit of a module says dark; the others are notes of the encoder.
        dark = (0..<side * side).map { code.pointee.data[$0] & 1 == 1 }
        width = side
    }

    /// Of those around it, none is.
    public func isDark(_ row: Int, _ column: Int) -> Bool {
        guard 0..<width ~= row, 0..<width ~= column else { return false }
        return dark[row * width + column]
    }

    /// For SVG: a line for each run of dark modules, one unit wide.
    var path: String {
        var path = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                let start = column
                while isDark(row, column) { column += 1 }
                if column > start { path += "M\(start) \(row).5h\(column - start)" }
                column += 1
            }
        }
        return path
    }

    var box: String { "\(-Self.margin) \(-Self.margin) \(width + 2 * Self.margin) \(width + 2 * Self.margin)" }
}
