// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// A datagram that is no message, but keeps the way through a NAT open.
public enum KeepAlive: Equatable, Sendable {
    /// Line ends or zeros, as most phones send them. Nothing is expected back.
    case padding
    /// A STUN Binding request (RFC 5626 §4.4.2): the phone wants to hear under which address it is seen.
    case binding(STUNTransaction)

    /// What a datagram is, `nil` when it is neither.
    ///
    /// A request with an attribute that has to be understood is neither: there is none that a keep-alive needs, and what
    /// cannot be obeyed is not answered (RFC 8489 §6.3.1).
    public init?(_ datagram: Span<UInt8>) {
        if datagram.count <= Limits.paddingBytes, datagram.indices.allSatisfy({ datagram[$0].isPadding }) {
            self = .padding
        } else if let transaction = STUNTransaction(request: datagram) {
            self = .binding(transaction)
        } else {
            return nil
        }
    }
}

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

extension UInt8 {
    fileprivate var isPadding: Bool { self == 0 || self == UInt8(ascii: "\r") || self == UInt8(ascii: "\n") }
}

extension Span<UInt8> {
    /// Sixteen bits in network order.
    fileprivate func number(at index: Int) -> Int { Int(self[index]) << 8 | Int(self[index + 1]) }
}
