// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Which request of STUN an answer belongs to: 96 bits of the phone's choice (RFC 8489 §5).
public struct STUNTransaction: Equatable, Sendable {
    private let id: InlineArray<12, UInt8>

    private static let cookie: [UInt8] = [0x21, 0x12, 0xA4, 0x42]
    private static let headerBytes = 20

    /// Reads a Binding request: 20 bytes, and attributes that may be left alone (RFC 8489 §5, §14).
    init?(request: Span<UInt8>) {
        guard request.count >= Self.headerBytes, request.count <= Limits.stunBytes, request.number(at: 0) == 0x0001,
            request.number(at: 2) == request.count - Self.headerBytes,
            Self.cookie.indices.allSatisfy({ request[4 + $0] == Self.cookie[$0] }),
            Self.holdsNothingToObey(request.extracting(Self.headerBytes...))
        else { return nil }
        id = InlineArray { request[8 + $0] }
    }

    /// Whether attributes are whole, and all of those that need not be understood: 0x8000 and above (§14).
    private static func holdsNothingToObey(_ attributes: Span<UInt8>) -> Bool {
        var start = 0
        while start < attributes.count {
            guard attributes.count - start >= 4, attributes.number(at: start) >= 0x8000 else { return false }
            start += 4 + (attributes.number(at: start + 2) + 3) / 4 * 4
        }
        return start == attributes.count
    }

    /// The Binding success response (§6.3.1.1): XOR-MAPPED-ADDRESS and nothing else (§14.2). 32 bytes for IPv4, 44 for IPv6.
    public func success(seenAt address: SocketAddress) -> [UInt8] {
        let ip = address.ip.bytes
        var mask = Self.cookie
        for index in id.indices { mask.append(id[index]) }
        let port = [UInt8(address.port >> 8), UInt8(address.port & 0xFF)]
        var bytes: [UInt8] = [0x01, 0x01, 0x00, UInt8(8 + ip.count)] + mask
        bytes += [0x00, 0x20, 0x00, UInt8(4 + ip.count), 0x00, ip.count == 4 ? 0x01 : 0x02]
        bytes += zip(port, mask).map { $0 ^ $1 }
        bytes += zip(ip, mask).map { $0 ^ $1 }
        return bytes
    }

    public static func == (one: Self, other: Self) -> Bool { one.id.indices.allSatisfy { one.id[$0] == other.id[$0] } }
}

extension Span<UInt8> {
    /// Sixteen bits in network order.
    fileprivate func number(at index: Int) -> Int { Int(self[index]) << 8 | Int(self[index + 1]) }
}
