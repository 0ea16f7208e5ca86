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
    private var legs: Slab<Leg>
    private var calls: [RelayID: Int] = [:]
    private var free: [Int]
    /// By the number of the port.
    private var sources: [SourceTable]
    private var budget: TryBudget
    private var original = PacketCopy()
    /// What became of all packets.
    public private(set) var counters = RelayCounters()

    /// - Parameters:
    ///   - capacity: How many relays can be open at once. Their places, about 2 KiB each, are taken now.
    ///   - generator: Seeds the hash tables.
    public init(capacity: Int, using generator: inout some RandomNumberGenerator) {
        legs = Slab(count: capacity * 2)
        free = (0..<capacity).reversed()
        calls.reserveCapacity(capacity)
        sources = MediaPort.allCases.map { _ in SourceTable(slots: capacity * 2, using: &generator) }
        budget = TryBudget(seed: generator.next())
    }

    /// How many relays are open.
    public var count: Int { calls.count }

    /// Appends what each open relay has seen so far, in no order.
    public func reports(into reports: inout [RelayReport]) {
        for (id, call) in calls {
            let (a, b) = (LegSlot(call: call, side: .a), LegSlot(call: call, side: .b))
            reports.append(RelayReport(id: id, a: legs[a.number].report, b: legs[b.number].report))
        }
    }
}

// What signalling says.
extension MediaRelay {
    /// Opens, changes or closes a relay. This allocates; packets do not.
    ///
    /// - Returns: `false` when it was refused, and what it names is closed: the relay is full, an identifier is not open, or
    ///   a leg would receive and send under one key.
    @discardableResult
    public mutating func apply(_ command: RelayCommand, at now: MonotonicTime) -> Bool {
        if obey(command) { return true }
        for id in command.relays { _ = close(id) }
        return false
    }

    private mutating func obey(_ command: RelayCommand) -> Bool {
        switch command {
        case .open(let id, let a, let b):
            // A second context under the same key would use its indexes again: what is open is only updated.
            if calls[id] != nil { return update(id, .a, a) && update(id, .b, b) }
            return open(id, a, b)
        case .update(let id, let side, let media): return update(id, side, media)
        case .join(let id, let side, let other, let otherSide): return join(id, side, other, otherSide)
        case .close(let id): return close(id)
        }
    }

    private mutating func open(_ id: RelayID, _ a: LegMedia, _ b: LegMedia) -> Bool {
        guard a.receive != a.send, b.receive != b.send, let call = free.popLast() else { return false }
        calls[id] = call
        for (side, media) in [(RelaySide.a, a), (.b, b)] {
            let slot = LegSlot(call: call, side: side)
            legs.fill(slot.number, with: Leg(media))
            listen(slot)
        }
        return true
    }

    private mutating func join(_ id: RelayID, _ side: RelaySide, _ other: RelayID, _ otherSide: RelaySide) -> Bool {
        guard id != other, let call = calls[id], let left = calls[other] else { return false }
        calls[other] = nil
        let (slot, origin) = (LegSlot(call: call, side: side), LegSlot(call: left, side: otherSide))
        let leg = legs.take(origin.number)
        legs.empty(slot.number)
        legs.empty(origin.peer.number)
        for port in sources.indices {
            for forgotten in [slot, origin, origin.peer] { sources[port].forget(forgotten.number) }
        }
        legs.fill(slot.number, with: leg)
        listen(slot)
        free.append(left)
        return true
    }

    private mutating func update(_ id: RelayID, _ side: RelaySide, _ media: LegMedia) -> Bool {
        guard media.receive != media.send, let call = calls[id] else { return false }
        let slot = LegSlot(call: call, side: side)
        legs[slot.number].update(media)
        listen(slot)
        return true
    }

    private mutating func close(_ id: RelayID) -> Bool {
        guard let call = calls.removeValue(forKey: id) else { return false }
        for side in RelaySide.allCases {
            let slot = LegSlot(call: call, side: side)
            legs.empty(slot.number)
            for port in sources.indices { sources[port].forget(slot.number) }
        }
        free.append(call)
        return true
    }

    /// Puts a leg where packets for it are looked up: under its proven address, and among those that wait unless that
    /// is the address that SDP names.
    private mutating func listen(_ slot: LegSlot) {
        for port in MediaPort.allCases {
            sources[port.number].forget(slot.number)
            guard let leg = legs[slot.number].whereabouts(port) else { continue }
            if let locked = leg.locked { sources[port.number].lock(slot.number, to: locked) }
            if leg.locked == nil || (leg.named != nil && leg.named != leg.locked) {
                sources[port.number].wait(slot.number, named: leg.named, signalling: leg.host)
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
                (slot, length) = (owner, try legs[owner.number].unprotect(&packet, arrival))
            } catch {
                legs[owner.number].count(error)
                throw DropReason(error)
            }
        } else {
            (slot, length) = try introduce(&packet, arrival)
        }
        let isSent = legs[slot.number].media.sends
        return try legs[slot.peer.number].deliver(
            &packet,
            length: length,
            isControl: arrival.isControl,
            isSent: isSent
        )
    }

    /// The leg that is locked to the source of a packet and has heard the packet's stream: the case of nearly every
    /// packet, and the only one in which a single failed try is the end.
    private func owner(of arrival: Arrival) -> LegSlot? {
        var next = sources[arrival.port.number].locked.first(arrival.source)
        while let number = next {
            let slot = LegSlot(number: number)
            if legs[slot.number].knows(arrival.stream) { return slot }
            next = sources[arrival.port.number].locked.next(after: number)
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
        let sharing = sources[arrival.port.number].locked.count(arrival.source, upTo: RelayLimits.legsPerSource)
        for tier in SourceTable.Tier.allCases where sharing < RelayLimits.legsPerSource {
            guard let (slot, length) = try tryWaiting(&packet, arrival, tier) else { continue }
            legs[slot.number].lock(arrival.port, to: arrival.source)
            sources[arrival.port.number].lock(slot.number, to: arrival.source)
            sources[arrival.port.number].settle(slot.number)
            return (slot, length)
        }
        guard let failure, let owner = sources[arrival.port.number].locked.first(arrival.source) else {
            throw .unknownSource
        }
        let slot = LegSlot(number: owner)
        legs[slot.number].count(failure)
        throw DropReason(failure)
    }

    /// A second stream of a leg that is locked to the source already.
    private mutating func tryLocked(
        _ packet: inout MutableSpan<UInt8>,
        _ arrival: Arrival,
        _ failure: inout SRTPError?
    ) throws(DropReason) -> (LegSlot, Int)? {
        var next = sources[arrival.port.number].locked.first(arrival.source)
        for _ in 0..<RelayLimits.triesPerPacket {
            guard let number = next else { return nil }
            guard budget.take(.named, arrival.source.ip, at: arrival.now) else { throw .throttled }
            let slot = LegSlot(number: number)
            do throws(SRTPError) {
                return (slot, try legs[slot.number].unprotect(&packet, arrival))
            } catch {
                original.restore(&packet)
                failure = error
            }
            next = sources[arrival.port.number].locked.next(after: number)
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
            guard let number = sources[arrival.port.number].candidate(tier, for: arrival.source), number != first else {
                return nil
            }
            let slot = LegSlot(number: number)
            if tier.isFirst(for: legs[slot.number].whereabouts(arrival.port), arrival.source) {
                guard budget.take(tier, arrival.source.ip, at: arrival.now) else { throw .throttled }
                do throws(SRTPError) {
                    return (slot, try legs[slot.number].unprotect(&packet, arrival))
                } catch {
                    original.restore(&packet)
                }
            }
            first = first ?? number
            sources[arrival.port.number].postpone(number, in: tier)
        }
        return nil
    }
}
