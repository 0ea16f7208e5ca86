// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// A datagram of DTLS that a relay sends of itself, while keys are agreed on.
public struct HandshakeDatagram: Sendable {
    public let to: SocketAddress
    public let bytes: [UInt8]
}

/// The legs of a relay whose keys are agreed on over the media path, by the number of their slot, and how a datagram finds its own.
///
/// A stranger's datagram finds none, and leaves nothing behind: checks are found by the name in them, handshakes by where they
/// come from. Calls without such legs pay for an empty table and for nothing else.
struct KeyAgreements: Sendable {
    private var agreements: [Int: KeyAgreement] = [:]
    /// By the fragment of ours that checks name.
    private var fragments: [UInt64: Int] = [:]
    /// With ICE: by where authentic checks came from.
    private var places: [SocketAddress: [Int]] = [:]
    /// Without: by the hosts that signalling comes from.
    private var hosts: [IPAddress: [Int]] = [:]
    private var steps = PacketBudget(RelayLimits.handshakeSteps)
    /// What is to be sent, in order.
    private(set) var datagrams: [HandshakeDatagram] = []

    var isEmpty: Bool { agreements.isEmpty }
    var slots: [Int] { Array(agreements.keys) }

    subscript(slot: Int) -> KeyAgreement? { agreements[slot] }

    mutating func takeHandshakes() -> [HandshakeDatagram] {
        defer { datagrams = [] }
        return datagrams
    }

    /// Lets a leg stand in a slot, or takes what signalling has changed of the one that stands there.
    mutating func put(_ media: DTLSMedia, at slot: Int, at now: MonotonicTime) {
        let before = agreements[slot]
        unlist(slot)
        if var known = before, known.media.leg == media.leg {
            known.update(media, at: now)
            agreements[slot] = known
        } else {
            agreements[slot] = KeyAgreement(media, at: now)
        }
        list(slot)
    }

    mutating func remove(_ slot: Int) {
        guard !agreements.isEmpty, agreements[slot] != nil else { return }
        unlist(slot)
        agreements[slot] = nil
    }

    mutating func move(_ slot: Int, to other: Int) {
        guard !agreements.isEmpty, let moved = agreements[slot] else { return }
        remove(slot)
        agreements[other] = moved
        list(other)
    }

    private mutating func list(_ slot: Int) {
        guard let agreement = agreements[slot] else { return }
        guard let ice = agreement.ice else {
            let host = agreement.media.signallingAddress
            if hosts[host, default: []].count < RelayLimits.legsPerSource { hosts[host, default: []].append(slot) }
            return
        }
        fragments[ice.local.number] = slot
        for source in ice.sources where places[source, default: []].count < RelayLimits.legsPerSource {
            places[source, default: []].append(slot)
        }
    }

    private mutating func unlist(_ slot: Int) {
        guard let agreement = agreements[slot] else { return }
        Self.remove(slot, under: agreement.media.signallingAddress, of: &hosts)
        guard let ice = agreement.ice else { return }
        if fragments[ice.local.number] == slot { fragments[ice.local.number] = nil }
        for source in ice.sources { Self.remove(slot, under: source, of: &places) }
    }

    private static func remove<Key: Hashable>(_ slot: Int, under key: Key, of table: inout [Key: [Int]]) {
        table[key]?.removeAll { $0 == slot }
        if table[key]?.isEmpty == true { table[key] = nil }
    }
}

// What the network brings.
extension KeyAgreements {
    /// The leg that a check names.
    func slot(of check: STUNRequest, _ packet: Span<UInt8>) -> Int? {
        guard check.username.count == 8 else { return nil }
        return fragments[check.username.reduce(0) { $0 << 8 | UInt64(packet[$1]) }]
    }

    /// Takes a check that names a leg, and says what to answer.
    mutating func receive(
        _ check: STUNRequest,
        _ packet: Span<UInt8>,
        from source: SocketAddress,
        of slot: Int,
        at now: MonotonicTime
    ) -> STUNAnswer? {
        guard let before = agreements[slot]?.ice?.sources,
            let answer = agreements[slot]?.receive(check, packet, from: source, at: now)
        else { return nil }
        let after = agreements[slot]?.ice?.sources ?? []
        if before != after {
            for lost in before where !after.contains(lost) { Self.remove(slot, under: lost, of: &places) }
            for new in after
            where !before.contains(new) && places[new, default: []].count < RelayLimits.legsPerSource {
                places[new, default: []].append(slot)
            }
        }
        return answer
    }

    /// The leg that a datagram of DTLS is for: one that has a handshake with its source, or the only one that could begin it.
    func slot(ofHandshakeFrom source: SocketAddress) -> Int? {
        let candidates = (places[source] ?? []) + (hosts[source.ip] ?? [])
        let allowed = candidates.filter { agreements[$0]?.allows(source) == true }
        if let known = allowed.first(where: { agreements[$0]?.knows(source) == true }) { return known }
        // Whatever somebody else at its host has sent.
        let named = allowed.first { agreements[$0]?.isWaiting == true && agreements[$0]?.media.address == source }
        if let named { return named }
        let waiting = allowed.filter { agreements[$0]?.isOpen == true }
        // Several phones behind one address: which it is, nothing says before the handshake is over.
        return waiting.count == 1 ? waiting.first : allowed.count == 1 ? allowed.first : nil
    }

    /// - Returns: Whether the leg has keys now that it did not have.
    mutating func receive(
        _ datagram: Span<UInt8>,
        from source: SocketAddress,
        of slot: Int,
        at now: MonotonicTime
    ) -> Bool {
        guard agreements[slot]?.take() == true, steps.allows(RelayLimits.handshakeSteps, at: now) else { return false }
        steps.pay(0)
        var datagrams: [HandshakeDatagram] = []
        let step = agreements[slot]?.receive(datagram, from: source, at: now) { to, bytes in
            datagrams.append(HandshakeDatagram(to: to, bytes: bytes))
        }
        self.datagrams += datagrams
        return step == .agreed
    }

    /// Lets time pass for a leg.
    ///
    /// - Returns: Whether it has keys now that it did not have.
    mutating func wake(_ slot: Int, at now: MonotonicTime) -> Bool {
        var datagrams: [HandshakeDatagram] = []
        let step = agreements[slot]?.wake(at: now) { to, bytes in
            datagrams.append(HandshakeDatagram(to: to, bytes: bytes))
        }
        self.datagrams += datagrams
        return step == .agreed
    }
}
