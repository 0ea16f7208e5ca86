// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What signalling knows about the peer of a leg whose keys are agreed on over the media path (RFC 5763).
public struct DTLSMedia: Sendable {
    /// Of ours and of theirs, for ICE (RFC 8445).
    public struct ICE: Sendable {
        public let local: ICECredentials
        public let remote: ICEDescription

        public init(local: ICECredentials, remote: ICEDescription) {
            (self.local, self.remote) = (local, remote)
        }
    }

    /// Which leg it is, whatever call it stands in: the number of its session in our descriptions.
    public let leg: UInt64
    /// Where the peer's description says that media goes; `nil` when it says nothing usable. With ICE it counts for nothing.
    public var address: SocketAddress?
    /// Where the peer's signalling comes from.
    public var signallingAddress: IPAddress
    public var identity: DTLSIdentity
    /// Of the certificate that the peer has to show.
    public var peer: DTLSFingerprint
    /// Whether we begin the handshake.
    public var isClient: Bool
    public var ice: ICE?
    /// RTCP shares the port. Without, none goes to the peer: it would want keys of its own (RFC 5764 §4.1).
    public var rtcpMux: Bool
    /// Whether the peer's direction lets it send media, and receive.
    public var (sends, receives): (Bool, Bool)
    /// Whether the peer has left.
    public var isGone = false
    /// Whether the call rings yet: some phones agree on nothing before it is answered, so that nobody gives them up.
    public var isEarly = false

    public init(
        leg: UInt64,
        address: SocketAddress?,
        signallingAddress: IPAddress,
        identity: DTLSIdentity,
        peer: DTLSFingerprint,
        isClient: Bool,
        ice: ICE?,
        rtcpMux: Bool,
        sends: Bool,
        receives: Bool
    ) {
        (self.leg, self.address, self.signallingAddress) = (leg, address, signallingAddress)
        (self.identity, self.peer, self.isClient, self.ice) = (identity, peer, isClient, ice)
        (self.rtcpMux, self.sends, self.receives) = (rtcpMux, sends, receives)
    }

    /// Whether the association goes on (RFC 8842 §5.5): the same certificates in the same parts.
    func continues(_ other: DTLSMedia) -> Bool {
        identity === other.identity && peer == other.peer && isClient == other.isClient
    }
}
