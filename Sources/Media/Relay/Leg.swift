// SPDX-License-Identifier: Apache-2.0

import Primitives

/// One leg of a relay: its keys, what signalling said, where its media was proven to come from.
///
/// What a packet asks of it without changing it is inlined: called, it would be handed a copy of the leg, 3.5 KB.
struct Leg: ~Copyable, Sendable {
    private(set) var media: LegMedia
    private var receiver: SRTPReceiver
    private var sender: SRTPSender
    private var outgoing: OutgoingStream
    /// Changes with the receive key.
    private var context: UInt64
    private let name: UInt64
    private var budget = PacketBudget(RelayLimits.rateOfLeg)
    private var rtp = Place()
    /// RTCP has a place of its own without rtcp-mux.
    private var rtcp = Place()
    private(set) var report = LegReport()

    init(_ media: LegMedia, _ numbers: inout LegNumbers) {
        self.media = media
        receiver = SRTPReceiver(media.receive)
        sender = SRTPSender(media.send)
        outgoing = OutgoingStream(source: numbers.source())
        context = numbers.context()
        name = numbers.name()
    }

    /// Takes what a re-INVITE or a transfer changed. Keys that stay keep their contexts.
    ///
    /// With a new receive key the peer may be another phone: its proven addresses are forgotten. Without, they stay good
    /// until a packet from elsewhere proves itself: packets sent before the phone moved are still on their way. With a new
    /// send key the peer hears another source, so that its count of turns begins with ours (RFC 3711 §3.3.1).
    mutating func update(_ new: LegMedia, _ numbers: inout LegNumbers) {
        if new.receive != media.receive {
            receiver = SRTPReceiver(new.receive)
            context = numbers.context()
            report.moves = 0
            unlock(.rtp)
            unlock(.rtcp)
        }
        if new.send != media.send {
            sender = SRTPSender(new.send)
            outgoing = OutgoingStream(source: numbers.source())
        }
        if new.rtcpMux { unlock(.rtcp) }
        rtp.keep()
        rtcp.keep()
        media = new
    }
}

// Where its phone is.
extension Leg {
    /// Where packets of this leg can come from on `port`; `nil` when it does not use that port.
    func whereabouts(_ port: MediaPort) -> Whereabouts? {
        guard !media.isGone, port == .rtp || !media.rtcpMux else { return nil }
        let place = place(port)
        return Whereabouts(
            locked: place.current,
            former: place.former,
            named: named(port),
            host: media.signallingAddress
        )
    }

    struct Whereabouts: Sendable {
        let locked: SocketAddress?
        let former: SocketAddress?
        let named: SocketAddress?
        let host: IPAddress

        /// The phone's packets come from where it said, and it said so from there: nobody else can be there.
        var isCertain: Bool { locked != nil && locked == named && named?.ip == host }

        /// Whether a packet from `source` would make it so.
        func isCertain(at source: SocketAddress) -> Bool { named == source && source.ip == host }
    }

    /// Notes where an authentic packet came from.
    mutating func hear(_ arrival: Arrival, isNewest: Bool) -> Place.Change {
        let isKnown = place(arrival.port).current != nil
        let change = changePlace(arrival.port) {
            $0.hear(from: arrival.source, isNewest: isNewest, at: arrival.now)
        }
        guard case .moved = change else { return change }
        if arrival.port == .rtp {
            report.locked = arrival.source
            if isKnown { report.moves += 1 }
        }
        guard whereabouts(arrival.port)?.isCertain == true else { return change }
        _ = changePlace(arrival.port) { place in
            place.settleForGood()
            return Place.Change.settled
        }
        return change
    }

    /// A packet that had come already came once more, from elsewhere than the phone is.
    mutating func contest(_ arrival: Arrival) {
        guard place(arrival.port).current != arrival.source else { return }
        switch arrival.port {
        case .rtp: rtp.contest()
        case .rtcp: rtcp.contest()
        }
    }

    /// Its proven address belongs to another phone.
    mutating func retreat(_ port: MediaPort) {
        switch port {
        case .rtp:
            rtp.retreat()
            report.locked = rtp.current
        case .rtcp: rtcp.retreat()
        }
    }

    private mutating func unlock(_ port: MediaPort) {
        switch port {
        case .rtp: (rtp, report.locked) = (Place(), nil)
        case .rtcp: rtcp = Place()
        }
    }

    @inline(__always)
    private func place(_ port: MediaPort) -> Place {
        switch port {
        case .rtp: rtp
        case .rtcp: rtcp
        }
    }

    private mutating func changePlace(_ port: MediaPort, _ change: (inout Place) -> Place.Change) -> Place.Change {
        switch port {
        case .rtp: change(&rtp)
        case .rtcp: change(&rtcp)
        }
    }

    /// What SDP names for `port`.
    @inline(__always)
    private func named(_ port: MediaPort) -> SocketAddress? {
        switch port {
        case .rtp: media.address
        case .rtcp: media.rtcpAddress
        }
    }

    /// Where packets for the peer go: to the proven address, as long as something authentic comes from there or it is the
    /// host that signals; before there is one, to the address that SDP names, if that is the host that signals. Else anybody
    /// could have us send to anybody.
    @inline(__always)
    private func destination(_ port: MediaPort, at now: MonotonicTime) -> SocketAddress? {
        guard !media.isGone else { return nil }
        if let proven = place(port).current { return hasConsent(proven.ip, at: now) ? proven : nil }
        guard let named = named(port), named.ip == media.signallingAddress, named.port != 0,
            !named.ip.isUnspecified, !named.ip.isMulticastOrBroadcast
        else { return nil }
        return named
    }
}

extension Leg {
    /// Whether somebody at this host still wants what we send (RFC 7675). RTP and RTCP speak for each other.
    @inline(__always)
    private func hasConsent(_ host: IPAddress, at now: MonotonicTime) -> Bool {
        if host == media.signallingAddress { return true }
        return rtp.speaks(for: host, at: now) || rtcp.speaks(for: host, at: now)
    }
}

/// A plain packet on its way from one leg to the other.
struct PassingPacket: Sendable {
    let length: Int
    let index: UInt64
    let origin: OutgoingStream.Origin
    let isControl: Bool
    /// Whether the leg that it comes from may send.
    let isSent: Bool
    let now: MonotonicTime
    /// What its sender hears, and RTCP reports about.
    let heard: OutgoingStream.Report?
}

// Packets.
extension Leg {
    /// Whether the peer has sent an authentic packet of this synchronisation source.
    @inline(__always)
    func knows(_ stream: UInt32) -> Bool { receiver.knows(stream) }

    mutating func allows(at now: MonotonicTime) -> Bool { budget.allows(RelayLimits.rateOfLeg, at: now) }
    mutating func pay(_ length: Int) { budget.pay(length) }

    /// Authenticates and decrypts what came from this leg's peer; counts it.
    mutating func unprotect(_ packet: inout MutableSpan<UInt8>, _ arrival: Arrival) throws(SRTPError) -> OpenedPacket {
        let opened: OpenedPacket
        if arrival.isControl {
            guard arrival.port == .rtcp || media.rtcpMux else { throw .malformed }
            opened = try receiver.openControl(&packet, length: arrival.length)
            guard RTCPPacket.isCompound(packet.span, end: opened.length) else { throw .malformed }
        } else {
            opened = try receiver.open(&packet, length: arrival.length)
            report.packets += 1
            report.octets += UInt64(opened.length)
        }
        report.lastAuthenticated = arrival.now
        return opened
    }

    @inline(__always)
    func passing(_ opened: OpenedPacket, _ arrival: Arrival) -> PassingPacket {
        PassingPacket(
            length: opened.length,
            index: opened.index,
            origin: OutgoingStream.Origin(context: context, source: opened.source),
            isControl: arrival.isControl,
            isSent: media.sends,
            now: arrival.now,
            heard: arrival.isControl ? outgoing.report : nil
        )
    }

    /// Protects a plain packet of the other leg for this leg's peer.
    mutating func deliver(
        _ packet: inout MutableSpan<UInt8>,
        _ passing: PassingPacket
    ) throws(DropReason) -> RelayOutcome {
        // RTCP goes on while media is held (RFC 3264 §8.4).
        guard passing.isControl || (passing.isSent && media.receives) else {
            outgoing.pause()
            throw .held
        }
        let port: MediaPort = passing.isControl && !media.rtcpMux ? .rtcp : .rtp
        guard let destination = destination(port, at: passing.now) else {
            if !passing.isControl { outgoing.pause() }
            throw .noDestination
        }
        let sealed = passing.isControl ? try sealControl(&packet, passing) : try seal(&packet, passing)
        return .forward(length: sealed, to: destination, port: port)
    }

    private mutating func seal(_ packet: inout MutableSpan<UInt8>, _ passing: PassingPacket) throws(DropReason) -> Int {
        do throws(SRTPError) {
            try outgoing.renumber(&packet, passing)
            return try sender.protect(&packet, length: passing.length)
        } catch {
            throw DropReason(error)
        }
    }

    private mutating func sealControl(
        _ packet: inout MutableSpan<UInt8>,
        _ passing: PassingPacket
    ) throws(DropReason) -> Int {
        let translation = ControlTranslation(
            speaking: outgoing,
            context: passing.origin.context,
            heard: passing.heard,
            name: name
        )
        let room = packet.count - RelayLimits.protectionOverhead
        let length = try translation.apply(&packet, length: passing.length, room: room)
        do throws(SRTPError) {
            return try sender.protectControl(&packet, length: length)
        } catch {
            throw DropReason(error)
        }
    }

    /// Something authentic has come that is no packet of this leg's: a check, a handshake.
    mutating func noteLife(_ moment: MonotonicTime?) {
        guard let moment, report.lastAuthenticated.map({ $0 < moment }) ?? true else { return }
        report.lastAuthenticated = moment
    }

    mutating func count(_ failure: SRTPError) {
        switch failure {
        case .forged: report.authenticationFailures += 1
        case .replayed: report.replays += 1
        case .malformed, .unencrypted, .tooManyStreams, .keyExhausted: break
        }
    }
}
