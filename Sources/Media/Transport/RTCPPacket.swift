// SPDX-License-Identifier: Apache-2.0

/// The checks that a compound RTCP packet has to pass (RFC 3550 §6.1 and A.2).
public enum RTCPPacket {
    /// The header and the sender's synchronisation source: what SRTCP leaves in the clear (RFC 3711 §3.4).
    public static let minimumLength = 8

    /// The synchronisation source of the first packet; `nil` when this is too short or no RTCP.
    public static func synchronisationSource(_ packet: Span<UInt8>, end: Int) -> UInt32? {
        guard end >= minimumLength, end <= packet.count, packet[0] >> 6 == 2 else { return nil }
        return packet.word(at: 4)
    }

    /// Whether plain bytes are packets of the announced lengths, one after the other and nothing behind them.
    ///
    /// The first may be of any RTCP type: reduced-size packets are in use (RFC 5506). Only the last may be padded.
    public static func isCompound(_ packet: Span<UInt8>, end: Int) -> Bool {
        guard end >= minimumLength, end <= packet.count else { return false }
        var offset = 0
        while offset < end {
            guard end - offset >= 4, packet[offset] >> 6 == 2, 192...223 ~= packet[offset + 1] else { return false }
            let length = 4 * (1 + (Int(packet[offset + 2]) << 8 | Int(packet[offset + 3])))
            guard length <= end - offset else { return false }
            let isPadded = packet[offset] & 0x20 != 0
            if isPadded {
                let padding = Int(packet[end - 1])
                guard offset + length == end, padding > 0, padding % 4 == 0, padding <= length - 4 else { return false }
            }
            offset += length
        }
        return true
    }
}
