// SPDX-License-Identifier: Apache-2.0

/// Writes numbers, lowest byte first, and texts with their length before them.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(reserving count: Int = 0) { bytes.reserveCapacity(count) }

    mutating func put<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// At most 65,534 bytes; nothing that is kept is longer.
    mutating func put(_ text: String) {
        let utf8 = text.utf8.prefix(Int(UInt16.max) - 1)
        put(UInt16(utf8.count))
        bytes.append(contentsOf: utf8)
    }

    mutating func put(_ text: String?) {
        if let text { put(text) } else { put(UInt16.max) }
    }

    mutating func put(_ number: Int64?) {
        put(UInt8(number == nil ? 0 : 1))
        if let number { put(number) }
    }

    mutating func pad(to multiple: Int) {
        while bytes.count % multiple != 0 { bytes.append(0) }
    }
}

/// Reads what ``ByteWriter`` wrote. What does not fit is an error and never a trap: somebody may have altered the file.
struct ByteReader {
    struct Malformed: Error {}

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(Malformed) -> Number {
        let size = MemoryLayout<Number>.size
        guard rest.count >= size else { throw Malformed() }
        var number: Number = 0
        for (place, byte) in rest.prefix(size).enumerated() {
            number |= Number(truncatingIfNeeded: byte) << (8 * place)
        }
        rest = rest.dropFirst(size)
        return number
    }

    mutating func optionalText() throws(Malformed) -> String? {
        let count = try number(UInt16.self)
        guard count != .max else { return nil }
        guard rest.count >= Int(count) else { throw Malformed() }
        defer { rest = rest.dropFirst(Int(count)) }
        return String(decoding: rest.prefix(Int(count)), as: UTF8.self)
    }

    mutating func text() throws(Malformed) -> String {
        guard let text = try optionalText() else { throw Malformed() }
        return text
    }

    mutating func optionalNumber() throws(Malformed) -> Int64? {
        try number(UInt8.self) == 0 ? nil : try number(Int64.self)
    }
}

/// CRC-32C (RFC 3720 appendix B.4): finds what a torn write or a bad sector left, not what somebody altered on purpose.
enum Checksum {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1 }
    }

    /// - Parameter before: The checksum of what comes before these bytes.
    static func of(_ bytes: ArraySlice<UInt8>, after before: UInt32 = 0) -> UInt32 {
        ~bytes.reduce(~before) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) }
    }
}
