// SPDX-License-Identifier: Apache-2.0

import Primitives

/// One leg of a relay without encryption: what signalling said, and what has come.
struct PlainLeg: ~Copyable, Sendable {
    private(set) var media: PlainMedia
    private let pair: Int
    private let name: UInt64
    private var stream: PlainStream
    private var outgoing: OutgoingStream
    private var budget = PacketBudget(RelayLimits.rateOfLeg)
    private var rtp: PlainPlace
    /// These packets never share a port with RTP: our descriptions do not agree to that.
    private var rtcp: PlainPlace
    /// When something came last, or what was said in signalling was first followed.
    private var consentedAt: MonotonicTime?
    private(set) var report = LegReport()

    init(_ media: PlainMedia, pair: Int, _ numbers: inout LegNumbers) {
        (self.media, self.pair) = (media, pair)
        name = numbers.name()
        stream = PlainStream(context: numbers.context())
        outgoing = OutgoingStream(source: numbers.source())
        (rtp, rtcp) = (PlainPlace(media, .rtp), PlainPlace(media, .rtcp))
    }

    /// Takes what a re-INVITE or a transfer changed. Where something has come from is forgotten when SDP names another
    /// place, or when that may not be any more.
    mutating func update(_ new: PlainMedia) {
        if new.address != media.address || new.prefixes != media.prefixes {
            rtp = PlainPlace(new, .rtp)
            report.locked = nil
        }
        if new.rtcpAddress != media.rtcpAddress || new.prefixes != media.prefixes {
            rtcp = PlainPlace(new, .rtcp)
        }
        consentedAt = nil
        media = new
    }
}

// What comes.
extension PlainLeg {
    /// Whether a packet comes from where this leg's peer is.
    mutating func admit(_ arrival: Arrival) throws(DropReason) {
        let isAdmitted =
            switch arrival.port {
            case .rtp: rtp.admits(arrival.source, media)
            case .rtcp: rtcp.admits(arrival.source, media)
            }
        guard isAdmitted, !media.isGone else { throw strange() }
    }

    mutating func allows(at now: MonotonicTime) -> Bool { budget.allows(RelayLimits.rateOfLeg, at: now) }
    mutating func pay(_ length: Int) { budget.pay(length) }

    /// Checks and counts a packet that was admitted.
    mutating func hear(_ packet: Span<UInt8>, _ arrival: Arrival) throws(DropReason) -> PassingPacket {
        let index = arrival.isControl ? try hearControl(packet, arrival) : try hearMedia(packet, arrival)
        report.lastAuthenticated = arrival.now
        consentedAt = arrival.now
        return PassingPacket(
            length: arrival.length,
            index: index,
            origin: OutgoingStream.Origin(context: stream.context, source: arrival.stream),
            isControl: arrival.isControl,
            isSent: media.sends,
            now: arrival.now,
            heard: arrival.isControl ? outgoing.report : nil
        )
    }

    private mutating func hearMedia(_ packet: Span<UInt8>, _ arrival: Arrival) throws(DropReason) -> UInt64 {
        guard let header = RTPHeader(packet, end: arrival.length), header.paddingFits(packet, end: arrival.length)
        else {
            throw .malformed
        }
        let index: UInt64
        do {
            index = try stream.take(header, at: arrival.now)
        } catch {
            if error == .replayed { report.replays += 1 } else { report.foreign += 1 }
            throw error
        }
        if rtp.hear(from: arrival.source) { report.moves += 1 }
        report.locked = arrival.source
        report.packets += 1
        report.octets += UInt64(arrival.length)
        return index
    }

    private mutating func hearControl(_ packet: Span<UInt8>, _ arrival: Arrival) throws(DropReason) -> UInt64 {
        guard arrival.port == .rtcp, RTCPPacket.isCompound(packet, end: arrival.length) else { throw .malformed }
        _ = rtcp.hear(from: arrival.source)
        return 0
    }

    private mutating func strange() -> DropReason {
        report.foreign += 1
        return .foreign
    }
}

// What goes.
extension PlainLeg {
    /// Writes the numbers of this leg into a packet of the other one, and says where it goes.
    mutating func deliver(
        _ packet: inout MutableSpan<UInt8>,
        _ passing: PassingPacket
    ) throws(DropReason) -> RelayOutcome {
        // RTCP goes on while media is held (RFC 3264 §8.4).
        guard passing.isControl || (passing.isSent && media.receives) else {
            outgoing.pause()
            throw .held
        }
        let port: MediaPort = passing.isControl ? .rtcp : .rtp
        guard let destination = destination(port, at: passing.now) else {
            if !passing.isControl { outgoing.pause() }
            throw .noDestination
        }
        let length = passing.isControl ? try control(&packet, passing) : try renumber(&packet, passing)
        return .forwardPlain(length: length, to: destination, from: PlainSocket(pair: pair, port: port))
    }

    /// Where SDP says; but a host that nothing else vouches for gets no more than ``RelayLimits/consent`` of it without
    /// saying something, or anybody's signalling could have us send to anybody.
    private mutating func destination(_ port: MediaPort, at now: MonotonicTime) -> SocketAddress? {
        let destination =
            switch port {
            case .rtp: rtp.destination
            case .rtcp: rtcp.destination
            }
        guard let destination, !media.isGone else { return nil }
        if media.vouches(for: destination.ip) { return destination }
        let since = consentedAt ?? now
        consentedAt = since
        return now - since <= RelayLimits.consent ? destination : nil
    }

    private mutating func renumber(
        _ packet: inout MutableSpan<UInt8>,
        _ passing: PassingPacket
    ) throws(DropReason) -> Int {
        do throws(SRTPError) {
            try outgoing.renumber(&packet, passing)
        } catch {
            throw DropReason(error)
        }
        return passing.length
    }

    private func control(_ packet: inout MutableSpan<UInt8>, _ passing: PassingPacket) throws(DropReason) -> Int {
        let translation = ControlTranslation(
            speaking: outgoing,
            context: passing.origin.context,
            heard: passing.heard,
            name: name
        )
        return try translation.apply(&packet, length: passing.length, room: packet.count)
    }
}
