// SPDX-License-Identifier: Apache-2.0

public import Primitives

// Legs whose keys are agreed on over the media path. Until then nothing passes to or from them; then they are legs like all others.
extension MediaRelay {
    /// What is to be sent because of the datagrams and the time since it was last asked, in order.
    public mutating func takeHandshakes() -> [HandshakeDatagram] { agreements.takeHandshakes() }

    /// Lets time pass for handshakes and consent. Once a second is enough.
    ///
    /// - Returns: The relays that are closed now, because a leg of them has waited for its keys for too long.
    public mutating func wake(at now: MonotonicTime) -> [RelayID] {
        guard !agreements.isEmpty else { return [] }
        var lost: Set<Int> = []
        for slot in agreements.slots {
            let isAgreed = agreements.wake(slot, at: now)
            if agreements[slot]?.isLost(at: now) == true { lost.insert(LegSlot(number: slot).call) }
            guard let leg = agreements[slot]?.leg(at: now) else { continue }
            if isAgreed || (legs.contains(slot) && legs[slot].media.isGone != leg.isGone) { place(leg, slot, at: now) }
        }
        guard !lost.isEmpty else { return [] }
        let closed = calls.filter { lost.contains($0.value) }.map(\.key)
        for id in closed { apply(.close(id), at: now) }
        return closed
    }

    /// Lets such a leg stand in a slot.
    mutating func put(_ media: DTLSMedia, at slot: LegSlot, at now: MonotonicTime) -> Bool {
        if agreements[slot.number]?.media.leg != media.leg {
            vacate(slot)
            ends[slot.number] = .keyless
        }
        agreements.put(media, at: slot.number, at: now)
        let isAgreed = agreements.wake(slot.number, at: now)
        if let leg = agreements[slot.number]?.leg(at: now), isAgreed || legs.contains(slot.number) {
            place(leg, slot.number, at: now)
        }
        return true
    }

    /// Tells the relay's own leg what it has become, or makes it.
    private mutating func place(_ media: LegMedia, _ number: Int, at now: MonotonicTime) {
        if legs.contains(number) {
            legs[number].update(media, &numbers)
        } else {
            legs.fill(number, with: Leg(media, &numbers))
            ends[number] = .network
        }
        legs[number].noteLife(agreements[number]?.heardAt)
        listen(LegSlot(number: number))
    }

    /// Takes what is neither RTP nor RTCP: checks and handshakes of legs that expect them. Whatever else it is, nothing is said to it.
    @inline(never)
    mutating func receiveOther(
        _ packet: inout MutableSpan<UInt8>,
        length: Int,
        from source: SocketAddress,
        port: MediaPort,
        at now: MonotonicTime
    ) -> RelayOutcome {
        guard !agreements.isEmpty, port == .rtp, length <= min(packet.count, RelayLimits.packetLength) else {
            return .drop(.notMedia)
        }
        switch PacketKind(packet.span) {
        case .stun: return check(&packet, length, source, at: now)
        case .dtls: return handshake(packet.span.extracting(first: length), source, at: now)
        case .rtp, .rtcp, .other: return .drop(.notMedia)
        }
    }

    private mutating func check(
        _ packet: inout MutableSpan<UInt8>,
        _ length: Int,
        _ source: SocketAddress,
        at now: MonotonicTime
    ) -> RelayOutcome {
        do throws(DropReason) {
            let (check, answer, slot) = try judge(packet.span.extracting(first: length), source, at: now)
            follow(slot, at: now)
            guard let password = agreements[slot]?.ice?.local.password.reveal({ Array($0.utf8) }),
                let written = answer.write(over: &packet, length: length, answering: check, with: password)
            else { return .drop(.notMedia) }
            return .forward(length: written, to: source, port: .rtp)
        } catch {
            return .drop(error)
        }
    }

    /// Finds whose check it is and what to answer.
    private mutating func judge(
        _ bytes: Span<UInt8>,
        _ source: SocketAddress,
        at now: MonotonicTime
    ) throws(DropReason) -> (STUNRequest, STUNAnswer, Int) {
        guard let check = STUNRequest(bytes), let slot = agreements.slot(of: check, bytes) else { throw .notMedia }
        let isKnown = agreements[slot]?.ice?.isValid(source) == true
        guard isKnown || budget.take(.anyone, source.ip, at: now) else { throw .throttled }
        guard let answer = agreements.receive(check, bytes, from: source, of: slot, at: now) else { throw .forged }
        return (check, answer, slot)
    }

    /// A leg whose peer has just said where it is.
    private mutating func follow(_ slot: Int, at now: MonotonicTime) {
        let isAgreed = agreements.wake(slot, at: now)
        guard let leg = agreements[slot]?.leg(at: now) else { return }
        guard legs.contains(slot), !isAgreed else { return place(leg, slot, at: now) }
        legs[slot].noteLife(now)
        let before = legs[slot].media
        if before.address != leg.address || before.isGone != leg.isGone { place(leg, slot, at: now) }
    }

    private mutating func handshake(
        _ datagram: Span<UInt8>,
        _ source: SocketAddress,
        at now: MonotonicTime
    ) -> RelayOutcome {
        guard let slot = agreements.slot(ofHandshakeFrom: source) else { return .drop(.notMedia) }
        if agreements.receive(datagram, from: source, of: slot, at: now),
            let leg = agreements[slot]?.leg(at: now)
        {
            place(leg, slot, at: now)
        }
        return .handshake
    }
}
