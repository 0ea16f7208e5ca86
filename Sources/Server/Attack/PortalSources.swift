// SPDX-License-Identifier: Apache-2.0

import Glibc
import Guard
public import Model
import NIOCore
public import Primitives

/// The addresses of this machine that a portal is tried from: one that may reach it, and one that may not.
public struct PortalSources: Sendable {
    /// `nil` where none may.
    public let inside: IPAddress?
    /// `nil` where all may.
    public let outside: IPAddress?

    /// - Parameters:
    ///   - address: Of the portal.
    ///   - network: What its settings say.
    public init(to address: IPAddress, in network: NetworkSettings) {
        let candidates = Self.candidates(for: address).filter(Self.isOurs)
        inside = candidates.first { AdminNetworkRules.admits($0, in: network) }
        outside = candidates.last { !AdminNetworkRules.admits($0, in: network) }
    }

    /// Of 127.0.0.0/8 some that nobody else speaks from: what is counted there meets nobody.
    private static func candidates(for address: IPAddress) -> [IPAddress] {
        let own = address.isUnspecified ? [] : [address]
        guard address.isIPv4 else { return own + [IPAddress(high: 0, low: 1)] }
        let (near, far) = (UInt32.random(in: 0x7F00_0100..<0x7F00_FFFE), UInt32.random(in: 0x7F20_0001..<0x7F2F_FFFE))
        return [IPAddress(v4: near), IPAddress(v4: 0x7F00_0001)] + own + [IPAddress(v4: far)]
    }

    /// Whether this machine can speak from it.
    private static func isOurs(_ address: IPAddress) -> Bool {
        let family = address.isIPv4 ? AF_INET : AF_INET6
        let descriptor = socket(family, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let place = NIOCore.SocketAddress(Primitives.SocketAddress(ip: address, port: 0))
        return place.withSockAddr { Glibc.bind(descriptor, $0, socklen_t($1)) == 0 }
    }
}
