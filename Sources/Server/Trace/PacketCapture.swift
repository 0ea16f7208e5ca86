// SPDX-License-Identifier: Apache-2.0

public import Admin
import Primitives

/// Messages as a file that tcpdump, Wireshark and sngrep open: pcap with a time in microseconds, and IP from the first byte (LINKTYPE_RAW).
///
/// Each message is a datagram of UDP between the two addresses, whatever carried it: what was encrypted on the way is readable here, so
/// there are no segments to show.
///
/// Source: draft-ietf-opsawg-pcap.
public enum PacketCapture {
    public static func file(_ messages: [TraceReport.Message]) -> [UInt8] {
        var file: [UInt8] = []
        file += bigEndian(UInt32(0xA1B2_C3D4)) + bigEndian(UInt16(2)) + bigEndian(UInt16(4))
        file += bigEndian(UInt64(0)) + bigEndian(UInt32(Limits.capturedBytes)) + bigEndian(UInt32(101))
        for message in messages {
            guard let packet = packet(message) else { continue }
            let milliseconds = message.at.milliseconds
            file += bigEndian(UInt32(clamping: milliseconds / 1_000))
            file += bigEndian(UInt32(clamping: milliseconds % 1_000 * 1_000))
            file += bigEndian(UInt32(packet.count)) + bigEndian(UInt32(packet.count)) + packet
        }
        return file
    }

    private static func packet(_ message: TraceReport.Message) -> [UInt8]? {
        guard let local = SocketAddress(parsing: message.local), let remote = SocketAddress(parsing: message.remote)
        else {
            return nil
        }
        let (from, to) = message.isReceived ? (remote, local) : (local, remote)
        let isIPv4 = from.ip.isIPv4 && to.ip.isIPv4
        let addresses = from.ip.packetBytes(isIPv4: isIPv4) + to.ip.packetBytes(isIPv4: isIPv4)
        let content = Array(message.text.utf8.prefix(Limits.hepPayload))
        let length = bigEndian(UInt16(clamping: content.count + 8))
        var datagram = bigEndian(from.port) + bigEndian(to.port) + length + [0, 0] + content
        let sum = checksum(addresses + [0, 0] + length + [0, 17] + datagram)
        datagram.replaceSubrange(6..<8, with: bigEndian(sum == 0 ? 0xFFFF : sum))
        if isIPv4 {
            var header: [UInt8] =
                [0x45, 0] + bigEndian(UInt16(clamping: datagram.count + 20)) + [0, 0, 0x40, 0, 64, 17, 0, 0]
            header += addresses
            header.replaceSubrange(10..<12, with: bigEndian(checksum(header)))
            return header + datagram
        }
        return [0x60, 0, 0, 0] + bigEndian(UInt16(clamping: datagram.count)) + [17, 64] + addresses + datagram
    }

    /// RFC 1071.
    private static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for index in stride(from: 0, to: bytes.count, by: 2) {
            sum += UInt32(bytes[index]) << 8 | (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
        }
        while sum >> 16 != 0 { sum = sum & 0xFFFF + sum >> 16 }
        return ~UInt16(truncatingIfNeeded: sum)
    }
}
