// SPDX-License-Identifier: Apache-2.0

import Calls
import Primitives

/// One message as a packet of HEP3, the encapsulation that Homer and sngrep read: the four bytes `HEP3`, the length of all of it, then
/// chunks of vendor, type, length and value, all of them big-endian.
///
/// Source: "HEP3 Network Protocol Specification", revision 32.
enum HEPPacket {
    /// - Parameter correlation: What messages of one call have in common.
    static func bytes(_ message: SignallingTrace.Kept, correlation: String, node: String) -> [UInt8] {
        let (from, to) = message.isReceived ? (message.remote, message.local) : (message.local, message.remote)
        let isIPv4 = from.ip.isIPv4 && to.ip.isIPv4
        var packet = HEPWriter()
        packet.chunk(.family, [isIPv4 ? 2 : 10])
        packet.chunk(.transport, [message.transport == .udp ? 17 : 6])
        packet.chunk(isIPv4 ? .sourceIPv4 : .sourceIPv6, from.ip.packetBytes(isIPv4: isIPv4))
        packet.chunk(isIPv4 ? .destinationIPv4 : .destinationIPv6, to.ip.packetBytes(isIPv4: isIPv4))
        packet.chunk(.sourcePort, bigEndian(from.port))
        packet.chunk(.destinationPort, bigEndian(to.port))
        packet.chunk(.seconds, bigEndian(UInt32(clamping: message.at.milliseconds / 1_000)))
        packet.chunk(.microseconds, bigEndian(UInt32(clamping: message.at.milliseconds % 1_000 * 1_000)))
        packet.chunk(.payloadType, [1])
        packet.chunk(.agent, bigEndian(UInt32(1)))
        if !correlation.isEmpty { packet.chunk(.correlation, Array(correlation.utf8)) }
        packet.chunk(.node, Array(node.utf8))
        packet.chunk(.payload, Array(message.bytes.prefix(Limits.hepPayload)))
        return packet.finished()
    }
}

private enum HEPChunk: UInt16 {
    case family = 1
    case transport = 2
    case sourceIPv4 = 3
    case destinationIPv4 = 4
    case sourceIPv6 = 5
    case destinationIPv6 = 6
    case sourcePort = 7
    case destinationPort = 8
    case seconds = 9
    case microseconds = 10
    case payloadType = 11
    case agent = 12
    case payload = 15
    case correlation = 17
    case node = 19
}

private struct HEPWriter {
    private var bytes = Array("HEP3".utf8) + [0, 0]

    mutating func chunk(_ type: HEPChunk, _ value: [UInt8]) {
        bytes += [0, 0] + bigEndian(type.rawValue) + bigEndian(UInt16(clamping: value.count + 6)) + value
    }

    mutating func finished() -> [UInt8] {
        bytes.replaceSubrange(4..<6, with: bigEndian(UInt16(clamping: bytes.count)))
        return bytes
    }
}

/// The bytes of a number, the highest first.
func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    stride(from: Number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> Number($0)) }
}

extension IPAddress {
    /// Four bytes, or sixteen; an IPv4 address among IPv6 ones is mapped (RFC 4291 §2.5.5.2).
    func packetBytes(isIPv4: Bool) -> [UInt8] {
        isIPv4 || !self.isIPv4 ? bytes : Array(repeating: 0, count: 10) + [0xFF, 0xFF] + bytes
    }
}
