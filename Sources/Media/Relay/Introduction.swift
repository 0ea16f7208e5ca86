// SPDX-License-Identifier: Apache-2.0

import Primitives

// Packets of a stream that no leg at their source has heard yet.
extension MediaRelay {
    /// Finds the leg whose key fits.
    mutating func introduce(
        _ packet: inout MutableSpan<UInt8>,
        _ arrival: Arrival
    ) throws(DropReason) -> (LegSlot, OpenedPacket) {
        original.keep(packet.span, length: arrival.length)
        var failure: SRTPError?
        for residence in SourceTable.Residence.allCases {
            if let found = try tryResidents(&packet, arrival, residence, &failure) { return found }
        }
        if let found = try tryNewcomers(&packet, arrival) { return found }
        guard let failure, let owner = sources[arrival.port.number].resident(.locked, at: arrival.source) else {
            throw .unknownSource
        }
        legs[owner].count(failure)
        throw DropReason(failure)
    }

    /// A second stream of a leg that is, or was, at the source. Each failed one goes behind the others.
    private mutating func tryResidents(
        _ packet: inout MutableSpan<UInt8>,
        _ arrival: Arrival,
        _ residence: SourceTable.Residence,
        _ failure: inout SRTPError?
    ) throws(DropReason) -> (LegSlot, OpenedPacket)? {
        var first: Int?
        for _ in 0..<RelayLimits.triesPerPacket {
            guard let number = sources[arrival.port.number].resident(residence, at: arrival.source), number != first
            else { return nil }
            guard budget.take(.named, arrival.source.ip, at: arrival.now) else { throw .throttled }
            do throws(SRTPError) {
                return (LegSlot(number: number), try legs[number].unprotect(&packet, arrival))
            } catch {
                original.restore(&packet)
                failure = error
            }
            first = first ?? number
            sources[arrival.port.number].postpone(number, in: residence)
        }
        return nil
    }

    /// A leg that waits for media. Where as many legs are at the source as may be, a phone that says from there that it is
    /// there takes the place of a leg whose phone never did: forged packets of other calls cannot shut it out.
    private mutating func tryNewcomers(
        _ packet: inout MutableSpan<UInt8>,
        _ arrival: Arrival
    ) throws(DropReason) -> (LegSlot, OpenedPacket)? {
        let sharing = sources[arrival.port.number].locked.count(arrival.source, upTo: RelayLimits.legsPerSource)
        guard sharing >= RelayLimits.legsPerSource else {
            for tier in SourceTable.Tier.allCases {
                if let found = try tryWaiting(&packet, arrival, tier) { return found }
            }
            return nil
        }
        guard let guest = guest(at: arrival) else { return nil }
        guard let found = try tryWaiting(&packet, arrival, .named, onlyCertain: true) else { return nil }
        legs[guest].retreat(arrival.port)
        listen(LegSlot(number: guest))
        return found
    }

    /// A leg that is at the source of a packet, but not by the word of its phone.
    private func guest(at arrival: Arrival) -> Int? {
        var next = sources[arrival.port.number].resident(.locked, at: arrival.source)
        while let number = next {
            if legs[number].whereabouts(arrival.port)?.isCertain == false { return number }
            next = sources[arrival.port.number].resident(.locked, after: number)
        }
        return nil
    }

    /// Each failed one goes behind the others, so that the next packet tries the next leg.
    private mutating func tryWaiting(
        _ packet: inout MutableSpan<UInt8>,
        _ arrival: Arrival,
        _ tier: SourceTable.Tier,
        onlyCertain: Bool = false
    ) throws(DropReason) -> (LegSlot, OpenedPacket)? {
        var first: Int?
        for _ in 0..<budget.tries(tier) {
            guard let number = sources[arrival.port.number].candidate(tier, for: arrival.source), number != first else {
                return nil
            }
            let leg = legs[number].whereabouts(arrival.port)
            let isEligible = !onlyCertain || leg?.isCertain(at: arrival.source) == true
            if isEligible, tier.isFirst(for: leg, arrival.source) {
                guard budget.take(tier, arrival.source.ip, at: arrival.now) else { throw .throttled }
                if let opened = attempt(&packet, arrival, of: number) { return (LegSlot(number: number), opened) }
            }
            first = first ?? number
            sources[arrival.port.number].postpone(number, in: tier)
        }
        return nil
    }

    private mutating func attempt(
        _ packet: inout MutableSpan<UInt8>,
        _ arrival: Arrival,
        of number: Int
    ) -> OpenedPacket? {
        do throws(SRTPError) {
            return try legs[number].unprotect(&packet, arrival)
        } catch {
            original.restore(&packet)
            if error == .replayed, legs[number].knows(arrival.stream) { legs[number].contest(arrival) }
            return nil
        }
    }
}
