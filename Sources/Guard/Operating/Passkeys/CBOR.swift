// SPDX-License-Identifier: Apache-2.0

/// A value of CBOR (RFC 8949), of the kinds that authenticators write (CTAP 2.2 §8).
indirect enum CBOR: Hashable {
    case integer(Int64)
    case bytes([UInt8])
    case text(String)
    case array([CBOR])
    /// No key twice.
    case map([CBOR: CBOR])
    /// `false`, `true`, `null`, or another simple value.
    case simple(UInt8)

    /// The whole of some bytes.
    init(parsing bytes: [UInt8]) throws(PasskeyFault) {
        var reader = CBORReader(bytes)
        self = try reader.read()
        guard reader.isAtEnd else { throw .malformed }
    }

    subscript(_ key: CBOR) -> CBOR? {
        if case .map(let pairs) = self { pairs[key] } else { nil }
    }

    var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
}

/// Reads one value after another. Lengths are definite and as short as they can be, there are no tags and no floating-point
/// numbers; depth and count have limits. What is announced and not there is refused before anything is kept for it.
struct CBORReader {
    private let bytes: [UInt8]
    private(set) var position: Int
    private var items = 0

    init(_ bytes: [UInt8], at position: Int = 0) { (self.bytes, self.position) = (bytes, position) }

    var isAtEnd: Bool { position == bytes.count }

    mutating func read() throws(PasskeyFault) -> CBOR { try read(depth: 0) }

    private mutating func read(depth: Int) throws(PasskeyFault) -> CBOR {
        items += 1
        guard depth <= Limits.cborDepth, items <= Limits.cborItems else { throw .malformed }
        let first = try byte()
        let (kind, detail) = (first >> 5, first & 31)
        if kind == 7 {
            guard detail < 24 else { throw .malformed }
            return .simple(detail)
        }
        let argument = try argument(detail)
        switch kind {
        case 0: return .integer(argument)
        case 1: return .integer(-1 - argument)
        case 2: return .bytes(try take(argument))
        case 3:
            guard let text = String(validating: try take(argument), as: UTF8.self) else { throw .malformed }
            return .text(text)
        case 4:
            var values: [CBOR] = []
            for _ in 0..<argument { values.append(try read(depth: depth + 1)) }
            return .array(values)
        case 5:
            var pairs: [CBOR: CBOR] = [:]
            for _ in 0..<argument {
                let key = try read(depth: depth + 1)
                guard pairs.updateValue(try read(depth: depth + 1), forKey: key) == nil else { throw .malformed }
            }
            return .map(pairs)
        default: throw .malformed
        }
    }

    /// RFC 8949 §3, in as few bytes as it needs (§4.2.1).
    private mutating func argument(_ detail: UInt8) throws(PasskeyFault) -> Int64 {
        let size: Int
        switch detail {
        case 0..<24: return Int64(detail)
        case 24...27: size = 1 << Int(detail - 24)
        default: throw .malformed
        }
        var value: UInt64 = 0
        for _ in 0..<size { value = value << 8 | UInt64(try byte()) }
        let least: UInt64 = size == 1 ? 24 : 1 << UInt64(4 * size)
        guard value >= least, let argument = Int64(exactly: value) else { throw .malformed }
        return argument
    }

    private mutating func byte() throws(PasskeyFault) -> UInt8 {
        guard position < bytes.count else { throw .malformed }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func take(_ count: Int64) throws(PasskeyFault) -> [UInt8] {
        guard count <= Int64(bytes.count - position) else { throw .malformed }
        defer { position += Int(count) }
        return Array(bytes[position..<position + Int(count)])
    }
}
