// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore
import Primitives

extension Primitives.SocketAddress {
    /// `nil` for a unix socket.
    init?(_ address: NIOCore.SocketAddress) {
        let address = address.withSockAddr { pointer, length in
            SocketName.address(in: UnsafeRawBufferPointer(start: pointer, count: length))
        }
        guard let address else { return nil }
        self = address
    }
}

extension NIOCore.SocketAddress {
    init(_ address: Primitives.SocketAddress) {
        self = SocketName(address).bytes.withUnsafeBytes { raw in
            address.ip.isIPv4
                ? Self(raw.loadUnaligned(as: sockaddr_in.self)) : Self(raw.loadUnaligned(as: sockaddr_in6.self))
        }
    }
}

/// An address as the kernel writes it: `sockaddr_in` or `sockaddr_in6`, byte for byte.
///
/// Both begin with the family (2 bytes, this machine's order) and the port (2, network order). IPv4 follows at byte 4,
/// IPv6 at byte 8 (`man 7 ip`, `man 7 ipv6`).
struct SocketName {
    /// Of the longer one.
    static let capacity = 28
    let bytes: [UInt8]

    init(_ address: Primitives.SocketAddress) {
        let isIPv4 = address.ip.isIPv4
        var bytes = [UInt8](repeating: 0, count: isIPv4 ? 16 : Self.capacity)
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
        self.bytes = bytes
    }

    /// Reads a name that the kernel wrote; `nil` when it is of another family.
    static func address(in raw: UnsafeRawBufferPointer) -> Primitives.SocketAddress? {
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
