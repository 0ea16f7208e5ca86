// SPDX-License-Identifier: Apache-2.0

import CNetwork
import Glibc
import Media
public import Primitives

/// A bound UDP socket for media. Closed when it goes.
struct MediaSocket: ~Copyable, Sendable {
    let descriptor: Int32
    /// With the port that the system chose when 0 was asked for.
    let address: SocketAddress

    /// - Parameter shares: Several sockets may bind this port, and the kernel spreads sources over them: one for each
    ///   loop. Off while there is one loop, because the port could then be shared with another process, too.
    init(_ address: SocketAddress, shares: Bool = false) throws(MediaSocketError) {
        let result = ringfence_media_socket(
            address.ip.high,
            address.ip.low,
            address.port,
            Int32(MediaLimits.socketBuffer),
            shares ? 1 : 0
        )
        guard result >= 0 else { throw MediaSocketError(address: address, code: -result) }
        descriptor = result
        self.address = SocketAddress(ip: address.ip, port: ringfence_media_port(result))
    }

    deinit {
        close(descriptor)
    }
}

/// Where media of one version of IP arrives: RTP, and RTCP of phones that do not multiplex.
struct MediaSocketPair: ~Copyable, Sendable {
    let rtp: MediaSocket
    let rtcp: MediaSocket
    let isIPv4: Bool

    init(rtp: SocketAddress, rtcp: SocketAddress) throws(MediaSocketError) {
        isIPv4 = rtp.ip.isIPv4
        let media = try MediaSocket(rtp)
        let control = try MediaSocket(rtcp)
        self.rtp = media
        self.rtcp = control
    }

    func descriptor(_ port: MediaPort) -> Int32 {
        switch port {
        case .rtp: rtp.descriptor
        case .rtcp: rtcp.descriptor
        }
    }
}

/// Why a media port cannot be opened.
public struct MediaSocketError: Error, CustomStringConvertible {
    /// `nil` when it is no port that failed, but what the loop waits with.
    public let address: SocketAddress?
    /// The number that the system gave (errno).
    public let code: Int32

    public var description: String { "udp \(address.map(String.init) ?? "loop"): \(String(cString: strerror(code)))" }
}
