// SPDX-License-Identifier: Apache-2.0

/// What a datagram on a media port is, by its first two bytes.
///
/// Source: RFC 7983 §7 (first byte) and RFC 5761 §4 (RTCP beside RTP).
public enum PacketKind: Hashable, Sendable {
    case rtp, rtcp, stun, dtls, other

    public init(_ packet: Span<UInt8>) {
        guard packet.count >= 2 else {
            self = .other
            return
        }
        switch packet[0] {
        case 0...3: self = .stun
        case 20...63: self = .dtls
        // Payload types 64…95 with the marker bit are RTCP packet types 192…223.
        case 128...191: self = 192...223 ~= packet[1] ? .rtcp : .rtp
        default: self = .other
        }
    }
}
