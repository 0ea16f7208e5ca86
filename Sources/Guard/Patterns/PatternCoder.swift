// SPDX-License-Identifier: Apache-2.0

/// What a snapshot of call patterns holds, in the order in which it names its fields.
protocol PatternCoded {
    /// Writes every field to the coder, or takes it from there: one list for both, so that they cannot differ.
    mutating func code(_ coder: inout PatternCoder)
}

/// Writes and reads numbers of seven bits a byte, the lowest first.
struct PatternCoder {
    enum Direction { case writing, reading }

    let direction: Direction
    private(set) var bytes: [UInt8]
    /// Whether bytes were missing or said what cannot be. From then on only zeros are read.
    private(set) var isDamaged = false
    private var offset = 0

    init() { (direction, bytes) = (.writing, []) }

    init(reading bytes: [UInt8]) { (direction, self.bytes) = (.reading, bytes) }

    /// Whether everything was read.
    var isAtEnd: Bool { offset == bytes.count }

    mutating func damage() { isDamaged = true }

    mutating func code<Value: FixedWidthInteger>(_ value: inout Value) {
        switch direction {
        case .writing: write(UInt64(truncatingIfNeeded: value) & (Value.bitWidth < 64 ? 1 << Value.bitWidth - 1 : .max))
        case .reading:
            let word = read()
            guard Value.bitWidth >= 64 || word >> Value.bitWidth == 0 else {
                isDamaged = true
                value = 0
                return
            }
            value = Value(truncatingIfNeeded: word)
        }
    }

    mutating func code(_ value: inout UInt128) {
        var (high, low) = (UInt64(truncatingIfNeeded: value >> 64), UInt64(truncatingIfNeeded: value))
        code(&high)
        code(&low)
        value = UInt128(high) << 64 | UInt128(low)
    }

    mutating func code(_ value: inout Bool) {
        var byte: UInt8 = value ? 1 : 0
        code(&byte)
        value = byte != 0
    }

    /// A mask of those that are not zero, then those: most are.
    mutating func code<let count: Int, Value: FixedWidthInteger>(_ values: inout InlineArray<count, Value>) {
        var mask: UInt64 = 0
        if direction == .writing { for index in values.indices where values[index] != 0 { mask |= 1 << UInt64(index) } }
        code(&mask)
        for index in values.indices {
            if mask >> UInt64(index) & 1 == 1 { code(&values[index]) } else { values[index] = 0 }
        }
    }

    mutating func code<let count: Int, Value: PatternCoded>(_ values: inout InlineArray<count, Value>) {
        for index in values.indices { values[index].code(&self) }
    }

    private mutating func write(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private mutating func read() -> UInt64 {
        var (value, shift): (UInt64, UInt64) = (0, 0)
        while !isDamaged, offset < bytes.count, shift < 64 {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        isDamaged = true
        return 0
    }
}
