// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// One relayed call: two legs and what passes between them.
public struct RelayID: Hashable, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }
}

/// One of the two ends of a relay.
public enum RelaySide: Sendable, CaseIterable {
    case a, b

    public var other: RelaySide {
        switch self {
        case .a: .b
        case .b: .a
        }
    }
}

/// Which of a loop's two sockets: the one that signalling names, or the one above it for RTCP without rtcp-mux.
public enum MediaPort: Sendable, CaseIterable {
    case rtp, rtcp
}

/// What signalling knows about the peer of one leg.
public struct LegMedia: Sendable {
    /// Where the peer's SDP says that RTP goes; `nil` when it says nothing usable.
    public var address: SocketAddress?
    /// Where the peer's SDP says that RTCP goes; the same as `address` with `rtcpMux`.
    public var rtcpAddress: SocketAddress?
    /// RTCP shares the RTP port in both directions (RFC 5761).
    public var rtcpMux: Bool
    /// Where the peer's signalling comes from. Media goes to an address that only SDP names when it is this one.
    public var signallingAddress: IPAddress
    /// The key that the peer protects with.
    public var receive: SRTPKey
    /// The key that we protect with. Never equal to `receive`: equal keys would reuse their key stream.
    public var send: SRTPKey
    /// Whether the peer's direction lets it send media.
    public var sends: Bool
    /// Whether the peer's direction lets it receive media.
    public var receives: Bool
    /// Whether the peer has left: nothing that it sends is taken, RTCP neither, and nothing goes to it, until the next
    /// command that says otherwise.
    public var isGone = false

    public init(
        address: SocketAddress?,
        rtcpAddress: SocketAddress?,
        rtcpMux: Bool,
        signallingAddress: IPAddress,
        receive: SRTPKey,
        send: SRTPKey,
        sends: Bool = true,
        receives: Bool = true
    ) {
        self.address = address
        self.rtcpAddress = rtcpAddress
        self.rtcpMux = rtcpMux
        self.signallingAddress = signallingAddress
        self.receive = receive
        self.send = send
        self.sends = sends
        self.receives = receives
    }
}

/// What stands at one end of a relay.
public enum MediaEnd: Sendable {
    /// A phone, over the network.
    case network(LegMedia)
    /// A phone or a browser that agrees on its keys over the media path.
    case dtls(DTLSMedia)
    /// A provider that encrypts nothing, by a named exception.
    case plain(PlainMedia)
    /// The server itself, which says back what the other end says: decrypted, and encrypted again under our numbers, source
    /// and key. Nothing is sent that was not authentic, wanted and within the budget of the leg that it came from.
    case echo
    /// The server itself, which plays and records: what comes is handed over decrypted, and what it says is encrypted here under our
    /// numbers, source and key.
    case studio

    /// The encrypted leg of a phone or a provider; `nil` for what has no keys, or none yet.
    public var leg: LegMedia? {
        switch self {
        case .network(let media): media
        case .dtls, .plain, .echo, .studio: nil
        }
    }
}

/// What signalling tells a ``MediaRelay``. A command that is refused closes every relay that it names: whoever was to leave
/// or to be encrypted anew must not go on as before, and silence is what the call is ended for.
public enum RelayCommand: Sendable {
    /// Begins to relay. An identifier that is open is updated on both sides. A send key must not have been used by an
    /// earlier relay: its new context would protect the same indexes again. To change a partner, update one side.
    case open(RelayID, a: MediaEnd, b: MediaEnd)
    /// Changes one end. A key that stays keeps its context, roll-over counter and replay window. The leg waits for
    /// packets from elsewhere unless it is where its phone said, at the host that signals.
    case update(RelayID, RelaySide, MediaEnd)
    /// Moves an end into another relay, in the place of the one that was there, and closes the relay it leaves. Its keys,
    /// roll-over counters, replay windows and proven addresses come along: the phone behind it notices nothing. Refused
    /// unless both are open.
    case join(RelayID, RelaySide, from: RelayID, RelaySide)
    /// Lets an end hear a studio instead of the other end, or no more: whoever is behind it is on hold. Keys and numbers of the leg
    /// stay, so that its phone notices nothing but the sound. Nothing happens to an end that is no encrypted leg.
    case entertain(RelayID, RelaySide, Bool)
    case close(RelayID)

    /// What it is about.
    var relays: [RelayID] {
        switch self {
        case .open(let id, _, _), .update(let id, _, _), .entertain(let id, _, _), .close(let id): [id]
        case .join(let id, _, let other, _): [id, other]
        }
    }

    /// The relay of the call that goes on after it; `nil` when none does, so that nobody cares whether it was refused.
    public var subject: RelayID? {
        switch self {
        case .open(let id, _, _), .update(let id, _, _), .join(let id, _, _, _), .entertain(let id, _, _): id
        case .close: nil
        }
    }
}
