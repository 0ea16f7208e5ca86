// SPDX-License-Identifier: Apache-2.0

import Media
import Testing

@Suite("RFC 7983 §7 and RFC 5761 §4: what a datagram is")
struct PacketKindTests {
    static let cases: [([UInt8], PacketKind)] = [
        ([], .other), ([0x80], .other), ([0, 1], .stun), ([3, 0], .stun), ([4, 0], .other), ([19, 0], .other),
        ([20, 0], .dtls), ([63, 0], .dtls), ([64, 0], .other), ([127, 0], .other), ([192, 0], .other),
        ([255, 255], .other),
        ([128, 0], .rtp), ([128, 0x80], .rtp), ([191, 127], .rtp), ([128, 191], .rtp), ([128, 224], .rtp),
        ([128, 192], .rtcp), ([128, 200], .rtcp), ([191, 223], .rtcp),
    ]

    @Test(arguments: cases)
    func `is told by its first two bytes`(packet: [UInt8], kind: PacketKind) {
        #expect(PacketKind(packet.span) == kind)
    }
}

@Suite("RFC 3550 §5.1, A.1: RTP header")
struct RTPHeaderTests {
    private func parse(_ packet: [UInt8]) -> RTPHeader? { RTPHeader(packet.span, end: packet.count) }

    @Test func `is read`() throws {
        let header = try #require(parse(Packets.rtp(0x1234, source: 0xCAFE_BABE)))
        #expect(header.sequenceNumber == 0x1234 && header.synchronisationSource == 0xCAFE_BABE)
        #expect(header.length == 12 && !header.hasPadding && header.payloadType == 0)
    }

    @Test func `counts contributing sources and the extension`() throws {
        var packet = Packets.rtp(
            1,
            payload: Array(repeating: 0, count: 4 * 15) + [0, 0, 0, 2] + Array(repeating: 0, count: 8)
        )
        packet[0] = 0x9F
        #expect(try #require(parse(packet)).length == 12 + 60 + 12)
    }

    @Test func `is refused when its parts are longer than the packet`() {
        for first in UInt8.min...UInt8.max {
            for length in 0...76 {
                var packet = Packets.rtp(1, payload: Array(repeating: 0xFF, count: 64)).prefix(length)
                if length > 0 { packet[0] = first }
                if let header = parse(Array(packet)) { #expect(header.length <= length && first >> 6 == 2) }
            }
        }
        #expect(parse(Array(Packets.rtp(1).prefix(11))) == nil)
        #expect(parse([0x40] + Packets.rtp(1).dropFirst()) == nil)
        #expect(parse([]) == nil)
    }
}

@Suite("RFC 3550 §6.1, A.2: compound RTCP")
struct RTCPPacketTests {
    static let cases: [(String, [UInt8], Bool)] = [
        ("a receiver report", Packets.rtcp(), true),
        ("two packets", Packets.rtcp() + Packets.rtcp(), true),
        ("a reduced-size feedback packet (RFC 5506)", [0x81, 205, 0, 2] + Array(repeating: 0, count: 8), true),
        ("four bytes", [0x80, 201, 0, 0], false),
        ("a length beyond the end", [0x80, 201, 0, 2, 1, 2, 3, 4], false),
        ("a length of 256 KiB", [0x80, 201, 0xFF, 0xFF, 1, 2, 3, 4], false),
        ("bytes left over", Packets.rtcp() + [0x80], false),
        ("another version behind the first", Packets.rtcp() + [0x40, 201, 0, 0], false),
        ("RTP behind the first", Packets.rtcp() + [0x80, 0, 0, 0], false),
        ("padding at the end", [0xA0, 201, 0, 2, 1, 2, 3, 4, 0, 0, 0, 4], true),
        ("padding of nothing", [0xA0, 201, 0, 2, 1, 2, 3, 4, 0, 0, 0, 0], false),
        ("padding longer than its packet", [0xA0, 201, 0, 2, 1, 2, 3, 4, 0, 0, 0, 12], false),
        ("padding in front of another packet", [0xA0, 201, 0, 1, 0, 0, 0, 4] + Packets.rtcp(), false),
    ]

    @Test(arguments: cases)
    func `is checked packet by packet`(name: String, packet: [UInt8], isFine: Bool) {
        #expect(RTCPPacket.isCompound(packet.span, end: packet.count) == isFine, "\(name)")
    }
}
