// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// All relayed calls of one media loop: takes what arrives on its two ports, re-encrypts it for the other leg in place
/// and says where it goes. No socket, no clock, and no allocation for a packet.
///
/// All calls share the two ports. A packet is matched to its leg by its source address. From an unknown address,
/// authentication is the matching: the packet is tried with the keys of legs that wait for media, a bounded number of
/// times, and the first packet that authenticates locks its leg to that source (``Place``). Whatever else comes from an
/// unknown address is counted and dropped; nothing is ever sent back to it.
///
/// Payloads pass through unchanged, under one source and running numbers of our own (``OutgoingStream``); of RTCP only reports
/// (``ControlTranslation``).
public struct MediaRelay: ~Copyable, Sendable {
    var legs: Slab<Leg>
    /// What stands where, by the number of the slot.
    var ends: [End]
    var calls: [RelayID: Int] = [:]
    private var free: [Int]
    /// By the number of the port.
    var sources: [SourceTable]
    var budget: TryBudget
    var original = PacketCopy()
    var shares: RelayShares
    var numbers: LegNumbers
    var plain: PlainLegs
    var agreements = KeyAgreements()
    /// The relays with a studio, by the number of their call: of the others nobody asks.
    var studios: [Int: RelayID] = [:]
    /// How often somebody was let hear a studio instead of their partner: each time is a stream of its own.
    var entertainments: UInt32 = 0
    /// Which one it is, by the number of the call.
    var entertained: [Int: UInt32] = [:]
    /// What became of all packets.
    public internal(set) var counters = RelayCounters()

    /// - Parameters:
    ///   - capacity: How many relays can be open at once. Their places, about 7 KiB each, are taken now.
    ///   - share: What one business may use of it.
    ///   - plain: Where audio without encryption may arrive, at most 65,536 pairs; a leg of it takes one.
    ///   - generator: Seeds the hash tables and the names of legs.
    public init(
        capacity: Int,
        share: RelayShare = .whole,
        plain: [PlainPorts] = [],
        using generator: inout some RandomNumberGenerator
    ) {
        legs = Slab(count: capacity * 2)
        ends = Array(repeating: .network, count: capacity * 2)
        free = (0..<capacity).reversed()
        calls.reserveCapacity(capacity)
        sources = MediaPort.allCases.map { _ in SourceTable(slots: capacity * 2, using: &generator) }
        budget = TryBudget(seed: generator.next())
        shares = RelayShares(share, capacity: capacity)
        numbers = LegNumbers(seed: generator.next())
        self.plain = PlainLegs(plain)
    }

    /// How many relays are open.
    public var count: Int { calls.count }

    /// Appends what each open relay has seen so far, in no order.
    public func reports(into reports: inout [RelayReport]) {
        for (id, call) in calls {
            let (a, b) = (LegSlot(call: call, side: .a), LegSlot(call: call, side: .b))
            reports.append(RelayReport(id: id, a: report(a), b: report(b)))
        }
    }

    /// An end of our own has seen nothing.
    private func report(_ slot: LegSlot) -> LegReport {
        switch ends[slot.number] {
        case .network, .entertained: legs.contains(slot.number) ? legs[slot.number].report : LegReport()
        case .plain(let pair): plain.legs[Int(pair)].report
        case .keyless:
            LegReport(lastAuthenticated: agreements[slot.number]?.heardAt)
        case .echo, .studio: LegReport()
        }
    }

    /// ``MediaEnd`` without what belongs to a leg; of a plain one, the pair of ports. A `keyless` one has no keys yet. An entertained one
    /// is a network leg that hears a studio instead of the other end.
    enum End: Sendable { case network, keyless, entertained, echo, studio, plain(UInt16) }
}

// What signalling says.
extension MediaRelay {
    /// Opens, changes or closes a relay. This allocates; packets do not.
    ///
    /// - Returns: `false` when it was refused, and what it names is closed: the relay or its business's share is full, an
    ///   identifier is not open, or a leg would receive and send under one key.
    @discardableResult
    public mutating func apply(_ command: RelayCommand, at now: MonotonicTime) -> Bool {
        if obey(command, at: now) { return true }
        for id in command.relays { _ = close(id) }
        return false
    }

    private mutating func obey(_ command: RelayCommand, at now: MonotonicTime) -> Bool {
        switch command {
        case .open(let id, let a, let b):
            // A second context under the same key would use its indexes again: what is open is only updated.
            if calls[id] != nil { return update(id, .a, a, at: now) && update(id, .b, b, at: now) }
            return open(id, a, b, at: now)
        case .update(let id, let side, let media): return update(id, side, media, at: now)
        case .join(let id, let side, let other, let otherSide): return join(id, side, other, otherSide)
        case .entertain(let id, let side, let isOn): return entertain(id, side, isOn)
        case .close(let id): return close(id)
        }
    }

    private mutating func open(_ id: RelayID, _ a: MediaEnd, _ b: MediaEnd, at now: MonotonicTime) -> Bool {
        guard a.isSound, b.isSound, shares.hasRoom(for: id), let call = free.popLast() else { return false }
        calls[id] = call
        shares.open(call, id)
        return put(a, at: LegSlot(call: call, side: .a), of: id, at: now)
            && put(b, at: LegSlot(call: call, side: .b), of: id, at: now)
    }

    private mutating func put(_ end: MediaEnd, at slot: LegSlot, of id: RelayID, at now: MonotonicTime) -> Bool {
        switch end {
        case .dtls(let media): return put(media, at: slot, at: now)
        case .network(let media):
            // Who agreed on keys over the media path has another place now, or none.
            if agreements[slot.number] != nil { vacate(slot) }
            if legs.contains(slot.number) {
                legs[slot.number].update(media, &numbers)
            } else {
                vacate(slot)
                legs.fill(slot.number, with: Leg(media, &numbers))
            }
            listen(slot)
            return true
        case .plain(let media): return put(media, at: slot, of: id)
        case .echo:
            vacate(slot)
            ends[slot.number] = .echo
            return true
        case .studio:
            vacate(slot)
            ends[slot.number] = .studio
            studios[slot.call] = id
            return true
        }
    }

    /// Nobody's packets are looked for there any more.
    mutating func vacate(_ slot: LegSlot) {
        if legs.contains(slot.number) { legs.empty(slot.number) }
        agreements.remove(slot.number)
        for port in sources.indices { sources[port].forget(slot.number) }
        if case .plain(let pair) = ends[slot.number] { plain.close(Int(pair)) }
        ends[slot.number] = .network
    }

    private mutating func join(_ id: RelayID, _ side: RelaySide, _ other: RelayID, _ otherSide: RelaySide) -> Bool {
        guard id != other, let call = calls[id], let left = calls[other] else { return false }
        calls[other] = nil
        let (slot, origin) = (LegSlot(call: call, side: side), LegSlot(call: left, side: otherSide))
        vacate(slot)
        vacate(origin.peer)
        ends[slot.number] = ends[origin.number]
        switch ends[origin.number] {
        case .network, .keyless: moveLeg(from: origin, to: slot)
        case .entertained:
            moveLeg(from: origin, to: slot)
            ends[slot.number] = .network
        case .plain(let pair): plain.move(Int(pair), to: slot)
        case .studio: studios[call] = id
        case .echo: break
        }
        studios[left] = nil
        entertained[left] = nil
        ends[origin.number] = .network
        shares.close(left)
        free.append(left)
        return true
    }

    private mutating func moveLeg(from origin: LegSlot, to slot: LegSlot) {
        agreements.move(origin.number, to: slot.number)
        guard legs.contains(origin.number) else { return }
        for port in sources.indices { sources[port].forget(origin.number) }
        legs.fill(slot.number, with: legs.take(origin.number))
        listen(slot)
    }

    private mutating func update(_ id: RelayID, _ side: RelaySide, _ end: MediaEnd, at now: MonotonicTime) -> Bool {
        guard end.isSound, let call = calls[id] else { return false }
        return put(end, at: LegSlot(call: call, side: side), of: id, at: now)
    }

    private mutating func close(_ id: RelayID) -> Bool {
        guard let call = calls.removeValue(forKey: id) else { return false }
        for side in RelaySide.allCases { vacate(LegSlot(call: call, side: side)) }
        if !studios.isEmpty { studios[call] = nil }
        if !entertained.isEmpty { entertained[call] = nil }
        shares.close(call)
        free.append(call)
        return true
    }

    /// Puts a leg where packets for it are looked up: under its proven addresses, and among those that wait unless that
    /// is where the phone itself says that it is.
    mutating func listen(_ slot: LegSlot) {
        for port in MediaPort.allCases {
            sources[port.number].forget(slot.number)
            guard let leg = legs[slot.number].whereabouts(port) else { continue }
            if let locked = leg.locked { sources[port.number].lock(slot.number, to: locked, before: leg.former) }
            if !leg.isCertain { sources[port.number].wait(slot.number, named: leg.named, signalling: leg.host) }
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
        } catch .notMedia {
            outcome = receiveOther(&packet, length: length, from: source, port: port, at: now)
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
        let (slot, opened): (LegSlot, OpenedPacket)
        if let owner = owner(of: arrival) {
            guard allows(owner, at: arrival.now) else { throw .overRate }
            (slot, opened) = (owner, try open(&packet, arrival, of: owner))
            place(slot, arrival, opened)
        } else {
            (slot, opened) = try introduce(&packet, arrival)
            place(slot, arrival, opened)
            // Whose packet it is shows only now; what this costs is bounded by the tries.
            guard allows(slot, at: arrival.now) else { throw .overRate }
        }
        legs[slot.number].pay(arrival.length)
        shares.pay(slot.call, arrival.length)
        let isUsual = if case .network = ends[slot.peer.number] { true } else { false }
        guard isUsual else { return try deliver(&packet, legs[slot.number].passing(opened, arrival), from: slot) }
        return try legs[slot.peer.number].deliver(&packet, legs[slot.number].passing(opened, arrival))
    }

    /// Hands a packet to who hears what comes from a leg.
    @inline(never)
    mutating func deliver(
        _ packet: inout MutableSpan<UInt8>,
        _ passing: PassingPacket,
        from slot: LegSlot
    ) throws(DropReason) -> RelayOutcome {
        var listener = slot.peer.number
        switch ends[listener] {
        case .studio: return try hear(passing, from: slot)
        case .echo: listener = slot.number
        case .entertained: throw .held
        case .network, .keyless, .plain: break
        }
        return try deliver(&packet, passing, to: listener)
    }

    private mutating func allows(_ slot: LegSlot, at now: MonotonicTime) -> Bool {
        legs[slot.number].allows(at: now) && shares.allows(slot.call, at: now)
    }

    private mutating func open(
        _ packet: inout MutableSpan<UInt8>,
        _ arrival: Arrival,
        of owner: LegSlot
    ) throws(DropReason) -> OpenedPacket {
        do throws(SRTPError) {
            return try legs[owner.number].unprotect(&packet, arrival)
        } catch {
            legs[owner.number].count(error)
            if error == .replayed { legs[owner.number].contest(arrival) }
            throw DropReason(error)
        }
    }

    /// Puts a leg under the address that its packet has proven.
    private mutating func place(_ slot: LegSlot, _ arrival: Arrival, _ opened: OpenedPacket) {
        switch legs[slot.number].hear(arrival, isNewest: opened.isNewest) {
        case .none: break
        case .settled: sources[arrival.port.number].settle(slot.number)
        case .moved:
            guard let leg = legs[slot.number].whereabouts(arrival.port) else { return }
            sources[arrival.port.number].lock(slot.number, to: arrival.source, before: leg.former)
            if leg.isCertain { sources[arrival.port.number].settle(slot.number) }
        }
    }

    /// The leg that is or was at the source of a packet and has heard the packet's stream: the case of nearly every
    /// packet, and the only one in which a single failed try is the end.
    @inline(__always)
    private func owner(of arrival: Arrival) -> LegSlot? {
        resident(.locked, of: arrival) ?? resident(.former, of: arrival)
    }

    @inline(__always)
    private func resident(_ residence: SourceTable.Residence, of arrival: Arrival) -> LegSlot? {
        var next = sources[arrival.port.number].resident(residence, at: arrival.source)
        while let number = next {
            if legs[number].knows(arrival.stream) { return LegSlot(number: number) }
            next = sources[arrival.port.number].resident(residence, after: number)
        }
        return nil
    }
}

extension MediaEnd {
    /// Whether a leg would not receive and send under one key.
    var isSound: Bool { leg.map { $0.receive != $0.send } ?? true }
}
