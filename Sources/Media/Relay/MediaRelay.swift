// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// All relayed calls of one media loop: takes what arrives on its two ports, re-encrypts it for the other leg in place
/// and says where it goes. No socket, no clock, and no allocation for a packet.
///
/// All calls share the two ports. A packet is matched to its leg by its source address. From an unknown address,
/// authentication is the matching: the packet is tried with the keys of legs that wait for media, a bounded number of
/// times, and the first packet that authenticates locks its leg to that source. Whatever else comes from an unknown
/// address is counted and dropped; nothing is ever sent back to it.
///
/// Synchronisation source, sequence number, timestamp and payload pass through unchanged.
public struct MediaRelay: ~Copyable, Sendable {
    private var calls: Slab<RelayedCall>
    private var places: [RelayID: Int] = [:]
    private var free: [Int]
    private var sources: SourceTables
    private var budget: TryBudget
    private var original = PacketCopy()
    /// What became of all packets.
    public private(set) var counters = RelayCounters()

    /// - Parameters:
    ///   - capacity: How many relays can be open at once. Their places, about 2 KiB each, are taken now.
    ///   - generator: Seeds the hash tables.
    public init(capacity: Int, using generator: inout some RandomNumberGenerator) {
        calls = Slab(count: capacity)
        free = (0..<capacity).reversed()
        places.reserveCapacity(capacity)
        sources = SourceTables(slots: capacity * 2, using: &generator)
        budget = TryBudget(seed: generator.next())
    }

    /// How many relays are open.
    public var count: Int { places.count }

    /// Appends what each open relay has seen so far, in no order.
    public func reports(into reports: inout [RelayReport]) {
        for place in places.values { reports.append(calls[place].report) }
    }
}

// What signalling says.
extension MediaRelay {
    /// Opens, changes or closes a relay. This allocates; packets do not.
    ///
    /// - Returns: `false` when nothing was done: the relay is full, the identifier is not open, or a leg would receive
    ///   and send under one key.
    @discardableResult
    public mutating func apply(_ command: RelayCommand, at now: MonotonicTime) -> Bool {
        switch command {
        case .open(let id, let a, let b):
            close(id)
            guard a.receive != a.send, b.receive != b.send, let place = free.popLast() else { return false }
            calls.fill(place, with: RelayedCall(id: id, a: a, b: b))
            places[id] = place
            for side in RelaySide.allCases { listen(LegSlot(place: place, side: side)) }
            return true
        case .update(let id, let side, let media):
            guard media.receive != media.send, let place = places[id] else { return false }
            calls[place][side].update(media)
            listen(LegSlot(place: place, side: side))
            return true
        case .close(let id):
            return close(id)
        }
    }

    @discardableResult
    private mutating func close(_ id: RelayID) -> Bool {
        guard let place = places.removeValue(forKey: id) else { return false }
        calls.empty(place)
        for side in RelaySide.allCases { listen(LegSlot(place: place, side: side)) }
        free.append(place)
        return true
    }

    /// Puts a leg where packets for it are looked up: under its proven address, and among those that wait unless that
    /// is the address that SDP names.
    private mutating func listen(_ slot: LegSlot) {
        for port in MediaPort.allCases {
            sources[port].forget(slot.number)
            guard calls.contains(slot.place), let leg = calls[slot.place][slot.side].whereabouts(port) else { continue }
            if let locked = leg.locked { sources[port].lock(slot.number, to: locked) }
            if leg.locked == nil || (leg.named != nil && leg.named != leg.locked) {
                sources[port].wait(slot.number, named: leg.named, signalling: leg.host)
            }
        }
    }
}

// What the network brings.
extension MediaRelay {
    /// Relays one datagram in place.
    ///
    /// - Parameters:
    ///   - packet: The buffer. Needs ``RelayLimits/protectionOverhead`` bytes of room behind `length`.
    ///   - length: Bytes of the datagram, at most ``RelayLimits/packetLength``.
    ///   - source: Where it came from; one IPv4 address has one form here, mapped or not.
    ///   - port: Which of our two ports it came to.
    /// - Returns: Where to send which part of the buffer, or why not to.
    public mutating func receive(
        _ packet: inout MutableSpan<UInt8>,
        length: Int,
        from source: SocketAddress,
        port: MediaPort,
        at now: MonotonicTime
    ) -> RelayOutcome {
        let outcome: RelayOutcome
        do {
            let arrival = try Arrival(packet.span, length: length, source: source, port: port, now: now)
            outcome = try relay(&packet, arrival)
        } catch {
            outcome = .drop(error)
        }
        counters.count(outcome)
        return outcome
    }

    private mutating func relay(
        _ packet: inout MutableSpan<UInt8>,
        _ arrival: Arrival
    ) throws(DropReason) -> RelayOutcome {
        let (slot, length): (LegSlot, Int)
        if let owner = owner(of: arrival) {
            do throws(SRTPError) {
                (slot, length) = (owner, try calls[owner.place][owner.side].unprotect(&packet, arrival))
            } catch {
                calls[owner.place][owner.side].count(error)
                throw DropReason(error)
            }
        } else {
            (slot, length) = try introduce(&packet, arrival)
        }
        return try calls[slot.place].pass(&packet, length: length, isControl: arrival.isControl, from: slot.side)
    }

    /// The leg that is locked to the source of a packet and has heard the packet's stream: the case of nearly every
    /// packet, and the only one in which a single failed try is the end.
    private func owner(of arrival: Arrival) -> LegSlot? {
        var next = sources[arrival.port].locked.first(arrival.source)
        while let number = next {
            let slot = LegSlot(number: number)
            if calls[slot.place][slot.side].knows(arrival.stream) { return slot }
            next = sources[arrival.port].locked.next(after: number)
        }
        return nil
    }
}

// Packets of a stream that no leg has heard yet.
extension MediaRelay {
    /// Finds the leg whose key fits, and locks it to the source.
    private mutating func introduce(
        _ packet: inout MutableSpan<UInt8>,
        _ arrival: Arrival
    ) throws(DropReason) -> (LegSlot, Int) {
        original.keep(packet.span, length: arrival.length)
        var failure: SRTPError?
        if let found = try tryLocked(&packet, arrival, &failure) { return found }
        let sharing = sources[arrival.port].locked.count(arrival.source, upTo: RelayLimits.legsPerSource)
        for tier in SourceTable.Tier.allCases where sharing < RelayLimits.legsPerSource {
            guard let (slot, length) = try tryWaiting(&packet, arrival, tier) else { continue }
            calls[slot.place][slot.side].lock(arrival.port, to: arrival.source)
            sources[arrival.port].lock(slot.number, to: arrival.source)
            sources[arrival.port].settle(slot.number)
            return (slot, length)
        }
        guard let failure, let owner = sources[arrival.port].locked.first(arrival.source) else { throw .unknownSource }
        let slot = LegSlot(number: owner)
        calls[slot.place][slot.side].count(failure)
        throw DropReason(failure)
    }

    /// A second stream of a leg that is locked to the source already.
    private mutating func tryLocked(
        _ packet: inout MutableSpan<UInt8>,
        _ arrival: Arrival,
        _ failure: inout SRTPError?
    ) throws(DropReason) -> (LegSlot, Int)? {
        var next = sources[arrival.port].locked.first(arrival.source)
        for _ in 0..<RelayLimits.triesPerPacket {
            guard let number = next else { return nil }
            guard budget.takeNamed(at: arrival.now) else { throw .throttled }
            let slot = LegSlot(number: number)
            do throws(SRTPError) {
                return (slot, try calls[slot.place][slot.side].unprotect(&packet, arrival))
            } catch {
                original.restore(&packet)
                failure = error
            }
            next = sources[arrival.port].locked.next(after: number)
        }
        return nil
    }

    /// A leg that waits for media. Each failed one goes behind the others, so that the next packet tries the next leg.
    private mutating func tryWaiting(
        _ packet: inout MutableSpan<UInt8>,
        _ arrival: Arrival,
        _ tier: SourceTable.Tier
    ) throws(DropReason) -> (LegSlot, Int)? {
        var first: Int?
        for _ in 0..<budget.tries(tier) {
            guard let number = sources[arrival.port].candidate(tier, for: arrival.source), number != first else {
                return nil
            }
            let slot = LegSlot(number: number)
            if tier.isFirst(for: calls[slot.place][slot.side].whereabouts(arrival.port), arrival.source) {
                guard budget.take(tier, arrival.source.ip, at: arrival.now) else { throw .throttled }
                do throws(SRTPError) {
                    return (slot, try calls[slot.place][slot.side].unprotect(&packet, arrival))
                } catch {
                    original.restore(&packet)
                }
            }
            first = first ?? number
            sources[arrival.port].postpone(number, in: tier)
        }
        return nil
    }
}
