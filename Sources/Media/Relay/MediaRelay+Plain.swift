// SPDX-License-Identifier: Apache-2.0

public import Primitives

// Legs without encryption: a packet is matched by the port that it came to, and taken if it came from where it may.
extension MediaRelay {
    /// What the owner of the sockets has to do because of the commands since it last asked, in order.
    public mutating func takePortChanges() -> [PlainPortChange] {
        guard !plain.changes.isEmpty else { return [] }
        defer { plain.changes = [] }
        return plain.changes
    }

    /// Relays one datagram in place that came to a port of a plain leg; as ``receive(_:length:from:port:at:)``.
    ///
    /// - Parameter socket: Which of our ports it came to.
    public mutating func receive(
        _ packet: inout MutableSpan<UInt8>,
        length: Int,
        from source: SocketAddress,
        on socket: PlainSocket,
        at now: MonotonicTime
    ) -> RelayOutcome {
        let outcome: RelayOutcome
        do {
            let arrival = try Arrival(
                packet.span,
                length: length,
                source: source,
                port: socket.port,
                now: now,
                shortest: RTCPPacket.minimumLength
            )
            outcome = try relay(&packet, arrival, at: socket.pair)
        } catch {
            outcome = .drop(error)
        }
        counters.count(outcome)
        return outcome
    }

    private mutating func relay(
        _ packet: inout MutableSpan<UInt8>,
        _ arrival: Arrival,
        at pair: Int
    ) throws(DropReason) -> RelayOutcome {
        guard let slot = plain.slot(of: pair) else { throw .foreign }
        try plain.legs[pair].admit(arrival)
        guard plain.legs[pair].allows(at: arrival.now), shares.allows(slot.call, at: arrival.now) else {
            throw .overRate
        }
        let passing = try plain.legs[pair].hear(packet.span, arrival)
        plain.legs[pair].pay(arrival.length)
        shares.pay(slot.call, arrival.length)
        return try deliver(&packet, passing, from: slot)
    }

    /// Gives a plain end its place.
    ///
    /// - Returns: `false` when its port is not one of ours, or another leg's.
    mutating func put(_ media: PlainMedia, at slot: LegSlot, of id: RelayID) -> Bool {
        guard let pair = plain.pair(at: media.local) else { return false }
        switch plain.slot(of: pair) {
        case slot: plain.legs[pair].update(media)
        case .some: return false
        case nil:
            vacate(slot)
            plain.open(pair, media, slot, of: id, &numbers)
            ends[slot.number] = .plain(UInt16(pair))
        }
        return true
    }
}
