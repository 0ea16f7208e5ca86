// SPDX-License-Identifier: Apache-2.0

/// The lines of a table as spreadsheets export it (RFC 4180, with any of four separators): a field may stand in quotes, and then
/// hold separators, line ends and doubled quotes. Bounded in columns and in the bytes of a field.
struct SheetTable {
    /// One line of it.
    struct Row {
        /// Of the file, from 1: where it begins.
        let line: Int
        let fields: [String]

        var isEmpty: Bool { fields.allSatisfy(\.isEmpty) }
    }

    enum Fault: Error, Hashable {
        case columns(line: Int)
        case field(line: Int)
        case quote(line: Int)

        var line: Int {
            switch self {
            case .columns(let line), .field(let line), .quote(let line): line
            }
        }
    }

    private let bytes: [UInt8]
    private let separator: UInt8
    private var position: Int
    private var line = 1

    /// - Parameter separator: An ASCII byte.
    init(_ bytes: [UInt8], separator: UInt8) {
        (self.bytes, self.separator) = (bytes, separator)
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// - Returns: `nil` at the end.
    mutating func next() throws(Fault) -> Row? {
        guard position < bytes.count else { return nil }
        let start = line
        var fields: [String] = []
        repeat {
            guard fields.count < Limits.deckColumns else { throw .columns(line: start) }
            fields.append(Self.text(try field(from: start)))
        } while take(separator)
        endLine()
        return Row(line: start, fields: fields)
    }

    private mutating func field(from start: Int) throws(Fault) -> [UInt8] {
        skipBlanks()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return try plain(from: start) }
        var field: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard take(UInt8(ascii: "\"")) else {
                    skipBlanks()
                    guard isAtEndOfField else { throw .quote(line: start) }
                    return field
                }
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
            field.append(byte)
            guard field.count <= Limits.deckFieldBytes else { throw .field(line: start) }
        }
        throw .quote(line: start)
    }

    private mutating func plain(from start: Int) throws(Fault) -> [UInt8] {
        let begin = position
        while !isAtEndOfField { position += 1 }
        guard position - begin <= Limits.deckFieldBytes else { throw .field(line: start) }
        return Array(bytes[begin..<position])
    }

    private var isAtEndOfField: Bool {
        guard position < bytes.count else { return true }
        let byte = bytes[position]
        return byte == separator || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] == UInt8(ascii: " "), separator != UInt8(ascii: " ") {
            position += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func endLine() {
        let hasReturn = take(UInt8(ascii: "\r"))
        if take(UInt8(ascii: "\n")) || hasReturn { line += 1 }
    }

    /// Without the blanks around it; those of Excel that do not break (U+00A0) as well.
    private static func text(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let first = text.first, let last = text.last, first.isWhitespace || last.isWhitespace else { return text }
        return String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
