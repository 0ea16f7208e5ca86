// SPDX-License-Identifier: Apache-2.0

/// Where the core gets its randomness. Only `Server` and the command line make one from the system's source; a test
/// makes one that repeats.
public struct Entropy: RandomNumberGenerator, Sendable {
    private let draw: @Sendable () -> UInt64

    public init(_ draw: @escaping @Sendable () -> UInt64) {
        self.draw = draw
    }

    public func next() -> UInt64 { draw() }

    public func bytes(_ count: Int) -> [UInt8] {
        var source = self
        return source.nextBytes(count)
    }

    /// A new identifier of `bits` random bits in lower-case hexadecimal: safe in a SIP token, a file name and a log.
    public func token(bits: Int = 128) -> String {
        unsafe String(unsafeUninitializedCapacity: bits / 4) { text in
            var word: UInt64 = 0
            for index in 0..<bits / 4 {
                if index % 16 == 0 { word = draw() }
                unsafe text[index] = Hex.digit(UInt8(truncatingIfNeeded: word & 15))
                word >>= 4
            }
            return bits / 4
        }
    }

    /// A tag for a dialog: 65 random bits in 13 characters, which is what fits into a string without an allocation.
    public func tag() -> String {
        unsafe String(unsafeUninitializedCapacity: 13) { text in
            var word = draw()
            for index in 0..<13 {
                if index == 7 { word = draw() }
                unsafe text[index] = Self.alphabet[Int(word & 31)]
                word >>= 5
            }
            return 13
        }
    }

    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
}

extension RandomNumberGenerator {
    /// So many random bytes. Eight of them cost one word.
    @inlinable
    public mutating func nextBytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            var word: UInt64 = next()
            for _ in 0..<min(8, count - bytes.count) {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        return bytes
    }
}
