// SPDX-License-Identifier: Apache-2.0

import Primitives

/// One leg of a relay: its keys, what signalling said, where its media was proven to come from.
struct Leg: ~Copyable, Sendable {
    private(set) var media: LegMedia
    private var receiver: SRTPReceiver
    private var sender: SRTPSender
    /// Proven by an authenticated packet. RTCP has an address of its own without rtcp-mux.
    private var lockedRTP: SocketAddress?
    private var lockedRTCP: SocketAddress?
    private(set) var report = LegReport()

    init(_ media: LegMedia) {
        self.media = media
        receiver = SRTPReceiver(media.receive)
        sender = SRTPSender(media.send)
    }

    /// Takes what a re-INVITE or a transfer changed. Keys that stay keep their contexts.
    ///
    /// With a new receive key the peer may be another phone: its proven addresses are forgotten. Without, they stay good
    /// until a packet from elsewhere proves itself: packets sent before the phone moved are still on their way.
    mutating func update(_ new: LegMedia) {
        if new.receive != media.receive {
            receiver = SRTPReceiver(new.receive)
            unlock(.rtp)
            unlock(.rtcp)
        }
        if new.send != media.send { sender = SRTPSender(new.send) }
        if new.rtcpMux { unlock(.rtcp) }
        media = new
    }

    func locked(_ port: MediaPort) -> SocketAddress? {
        switch port {
        case .rtp: lockedRTP
        case .rtcp: lockedRTCP
        }
    }

    mutating func lock(_ port: MediaPort, to source: SocketAddress) {
        switch port {
        case .rtp:
            lockedRTP = source
            report.locked = source
        case .rtcp: lockedRTCP = source
        }
    }

    mutating func unlock(_ port: MediaPort) {
        switch port {
        case .rtp: (lockedRTP, report.locked) = (nil, nil)
        case .rtcp: lockedRTCP = nil
        }
    }

    /// Where packets of this leg can come from on `port`; `nil` when it does not use that port.
    func whereabouts(_ port: MediaPort) -> Whereabouts? {
        guard !media.isGone, port == .rtp || !media.rtcpMux else { return nil }
        return Whereabouts(locked: locked(port), named: named(port), host: media.signallingAddress)
    }

    struct Whereabouts: Sendable {
        let locked: SocketAddress?
        let named: SocketAddress?
        let host: IPAddress
    }

    /// What SDP names for `port`.
    func named(_ port: MediaPort) -> SocketAddress? {
        switch port {
        case .rtp: media.address
        case .rtcp: media.rtcpAddress
        }
    }

    /// Where packets for the peer go: to the proven address, or before that to the one that SDP names, if that is the
    /// host that signals. Else anybody could have us send to anybody.
    func destination(_ port: MediaPort) -> SocketAddress? {
        guard !media.isGone else { return nil }
        if let locked = locked(port) { return locked }
        guard let named = named(port), named.ip == media.signallingAddress, named.port != 0,
            !named.ip.isUnspecified, !named.ip.isMulticastOrBroadcast
        else { return nil }
        return named
    }
}

// Packets.
extension Leg {
    /// Whether the peer has sent an authentic packet of this synchronisation source.
    func knows(_ stream: UInt32) -> Bool { receiver.knows(stream) }

    /// Authenticates and decrypts what came from this leg's peer; counts it.
    ///
    /// - Returns: The length of the plain packet.
    mutating func unprotect(_ packet: inout MutableSpan<UInt8>, _ arrival: Arrival) throws(SRTPError) -> Int {
        let length: Int
        if arrival.isControl {
            guard arrival.port == .rtcp || media.rtcpMux else { throw .malformed }
            length = try receiver.unprotectControl(&packet, length: arrival.length)
            guard RTCPPacket.isCompound(packet.span, end: length) else { throw .malformed }
        } else {
            length = try receiver.unprotect(&packet, length: arrival.length)
            report.packets += 1
            report.octets += UInt64(length)
        }
        report.lastAuthenticated = arrival.now
        return length
    }

    /// Protects a plain packet of the other leg for this leg's peer.
    ///
    /// - Parameter isSent: Whether the other leg may send.
    mutating func deliver(
        _ packet: inout MutableSpan<UInt8>,
        length: Int,
        isControl: Bool,
        isSent: Bool
    ) throws(DropReason) -> RelayOutcome {
        // RTCP goes on while media is held (RFC 3264 §8.4).
        guard isControl || (isSent && media.receives) else { throw .held }
        let port: MediaPort = isControl && !media.rtcpMux ? .rtcp : .rtp
        guard let destination = destination(port) else { throw .noDestination }
        do throws(SRTPError) {
            let sealed =
                isControl
                ? try sender.protectControl(&packet, length: length) : try sender.protect(&packet, length: length)
            return .forward(length: sealed, to: destination, port: port)
        } catch {
            throw DropReason(error)
        }
    }

    mutating func count(_ failure: SRTPError) {
        switch failure {
        case .forged: report.authenticationFailures += 1
        case .replayed: report.replays += 1
        case .malformed, .unencrypted, .tooManyStreams, .keyExhausted: break
        }
    }
}
