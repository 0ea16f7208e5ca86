// SPDX-License-Identifier: Apache-2.0

/// The fixed header of one RTP packet, its contributing sources and its extension (RFC 3550 §5.1, §5.3.1).
public struct RTPHeader: Hashable, Sendable {
    public static let minimumLength = 12

    public let sequenceNumber: UInt16
    public let synchronisationSource: UInt32
    public let payloadType: UInt8
    public let hasPadding: Bool
    /// Bytes before the payload: 12, with contributing sources and extension up to 262,212.
    public let length: Int

    /// Reads and checks the header as RFC 3550 A.1 asks; `nil` when it is not one.
    ///
    /// - Parameter end: How many bytes of `packet` are the RTP packet. A payload may be empty.
    public init?(_ packet: Span<UInt8>, end: Int) {
        guard end >= Self.minimumLength, end <= packet.count, packet[0] >> 6 == 2 else { return nil }
        var length = Self.minimumLength + 4 * Int(packet[0] & 0x0F)
        if packet[0] & 0x10 != 0 {
            guard end >= length + 4 else { return nil }
            length += 4 + 4 * (Int(packet[length + 2]) << 8 | Int(packet[length + 3]))
        }
        guard length <= end else { return nil }
        self.length = length
        hasPadding = packet[0] & 0x20 != 0
        payloadType = packet[1] & 0x7F
        sequenceNumber = UInt16(packet[2]) << 8 | UInt16(packet[3])
        synchronisationSource = packet.word(at: 8)
    }

    /// Whether the padding that the header announces fits into the payload (RFC 3550 A.1). Only the plain packet can
    /// tell: SRTP encrypts the padding with the payload.
    public func paddingFits(_ packet: Span<UInt8>, end: Int) -> Bool {
        guard hasPadding else { return true }
        guard end > length, end <= packet.count else { return false }
        return 1...(end - length) ~= Int(packet[end - 1])
    }
}

extension MutableSpan<UInt8> {
    /// Writes four bytes in network order. The caller has checked that they are there.
    mutating func setWord(_ word: UInt32, at offset: Int) {
        for byte in 0..<4 { self[offset + byte] = UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * byte)) }
    }

    mutating func setHalf(_ half: UInt16, at offset: Int) {
        self[offset] = UInt8(half >> 8)
        self[offset + 1] = UInt8(truncatingIfNeeded: half)
    }
}

extension Span<UInt8> {
    /// Four bytes in network order. The caller has checked that they are there.
    func word(at offset: Int) -> UInt32 {
        UInt32(self[offset]) << 24 | UInt32(self[offset + 1]) << 16 | UInt32(self[offset + 2]) << 8
            | UInt32(self[offset + 3])
    }
}
