// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What signalling knows about a leg whose audio is not encrypted: that of a trunk with a named exception, and no other.
///
/// Packets are taken from where signalling says, because nothing in them proves anything: from `address`, or, until
/// something has come, from another port of its host or from inside `prefixes`. Sent is only to `address`, or, where that is
/// outside `prefixes`, to where packets from inside came from.
public struct PlainMedia: Sendable {
    /// Where we take RTP: one of the ``PlainPorts`` of the relay. RTCP comes to the port above.
    public var local: SocketAddress
    /// Where the peer's SDP says that RTP goes; `nil` when it says nothing usable.
    public var address: SocketAddress?
    /// Where the peer's SDP says that RTCP goes.
    public var rtcpAddress: SocketAddress?
    /// Where the peer's signalling comes from.
    public var signallingAddress: IPAddress
    /// Where the provider's audio comes from and goes to; empty for the host that SDP names.
    public var prefixes: [IPPrefix]
    /// Whether the peer's direction lets it send media.
    public var sends: Bool
    /// Whether the peer's direction lets it receive media.
    public var receives: Bool
    /// Whether the peer has left; as in ``LegMedia``.
    public var isGone = false

    public init(
        local: SocketAddress,
        address: SocketAddress?,
        rtcpAddress: SocketAddress?,
        signallingAddress: IPAddress,
        prefixes: [IPPrefix] = [],
        sends: Bool = true,
        receives: Bool = true
    ) {
        (self.local, self.address, self.rtcpAddress) = (local, address, rtcpAddress)
        (self.signallingAddress, self.prefixes) = (signallingAddress, prefixes)
        (self.sends, self.receives) = (sends, receives)
    }
}

extension PlainMedia {
    /// What SDP names for a port, if audio may go there.
    func named(_ port: MediaPort) -> SocketAddress? {
        let said =
            switch port {
            case .rtp: address
            case .rtcp: rtcpAddress
            }
        guard let said, said.port != 0, !said.ip.isUnspecified, !said.ip.isMulticastOrBroadcast else { return nil }
        return prefixes.isEmpty || holds(said.ip) ? said : nil
    }

    /// Whether a packet from a host may be the first of this leg.
    func allows(_ host: IPAddress, named: SocketAddress?) -> Bool {
        prefixes.isEmpty ? host == named?.ip : holds(host)
    }

    /// Whether more than the SDP of a call says that the provider is there.
    func vouches(for host: IPAddress) -> Bool { host == signallingAddress || holds(host) }

    private func holds(_ host: IPAddress) -> Bool { prefixes.contains { $0.contains(host) } }
}
