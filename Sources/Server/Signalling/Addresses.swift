// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore
import Primitives

extension Primitives.SocketAddress {
    /// `nil` for a unix socket.
    init?(_ address: NIOCore.SocketAddress) {
        let name = address.withSockAddr { pointer, length in
            SocketName(UnsafeRawBufferPointer(start: pointer, count: length))
        }
        guard let address = name.address else { return nil }
        self = address
    }
}

extension NIOCore.SocketAddress {
    init(_ address: Primitives.SocketAddress) throws {
        try self.init(ipAddress: address.ip.description, port: Int(address.port))
    }
}

/// An address as the kernel writes it: `sockaddr_in` or `sockaddr_in6`, byte for byte.
///
/// Both begin with the family (2 bytes, this machine's order) and the port (2, network order). IPv4 follows at byte 4,
/// IPv6 at byte 8 (`man 7 ip`, `man 7 ipv6`).
struct SocketName {
    /// Of the longer one.
    static let capacity = 28
    private(set) var bytes: [UInt8]

    init(_ raw: UnsafeRawBufferPointer) {
        bytes = Array(raw)
    }

    init(_ address: Primitives.SocketAddress) {
        let isIPv4 = address.ip.isIPv4
        bytes = Array(repeating: 0, count: isIPv4 ? 16 : Self.capacity)
        bytes.withUnsafeMutableBytes { raw in
            raw.storeBytes(of: UInt16(isIPv4 ? AF_INET : AF_INET6), as: UInt16.self)
            raw.storeBytes(of: address.port.bigEndian, toByteOffset: 2, as: UInt16.self)
            if let v4 = address.ip.v4 {
                raw.storeBytes(of: v4.bigEndian, toByteOffset: 4, as: UInt32.self)
            } else {
                raw.storeBytes(of: address.ip.high.bigEndian, toByteOffset: 8, as: UInt64.self)
                raw.storeBytes(of: address.ip.low.bigEndian, toByteOffset: 16, as: UInt64.self)
            }
        }
    }

    /// `nil` when it is of another family.
    var address: Primitives.SocketAddress? {
        bytes.withUnsafeBytes { raw in
            guard raw.count >= 16 else { return nil }
            let port = UInt16(bigEndian: raw.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
            switch Int32(raw.loadUnaligned(as: UInt16.self)) {
            case AF_INET:
                let v4 = UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
                return Primitives.SocketAddress(ip: IPAddress(v4: v4), port: port)
            case AF_INET6 where raw.count >= 24:
                let high = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                let low = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
                return Primitives.SocketAddress(ip: IPAddress(high: high, low: low), port: port)
            default:
                return nil
            }
        }
    }
}
