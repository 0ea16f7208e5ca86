// SPDX-License-Identifier: Apache-2.0

/// Offsets into the bytes of one message. They mean nothing without it.
public struct ByteRange: Hashable, Sendable {
    public let lower: UInt32
    public let upper: UInt32

    @inlinable
    public init(_ range: Range<Int>) {
        lower = UInt32(clamping: range.lowerBound)
        upper = UInt32(clamping: range.upperBound)
    }

    @inlinable public var count: Int { Int(upper) - Int(lower) }
    @inlinable public var isEmpty: Bool { lower == upper }
    @inlinable public var range: Range<Int> { Int(lower)..<Int(upper) }
}
