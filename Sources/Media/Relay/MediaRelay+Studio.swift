// SPDX-License-Identifier: Apache-2.0

public import Primitives

// Ends that play and record: their packets go to a studio, and come from there, over bounded queues of whoever runs this.
extension MediaRelay {
    /// Protects a packet that a studio says in a call, in place.
    ///
    /// - Parameters:
    ///   - packet: RTP; needs ``RelayLimits/protectionOverhead`` bytes of room behind `length`.
    ///   - index: Its number in the stream of the studio, which never turns over.
    /// - Returns: Where to send which part of the buffer, or why not to.
    public mutating func speak(
        _ packet: inout MutableSpan<UInt8>,
        length: Int,
        index: UInt64,
        in id: RelayID,
        at now: MonotonicTime
    ) -> RelayOutcome {
        guard let call = calls[id], let side = RelaySide.allCases.first(where: { isStudio(call, $0) }),
            length >= RTPHeader.minimumLength, length + RelayLimits.protectionOverhead <= packet.count
        else { return .drop(.unknownSource) }
        let passing = PassingPacket(
            length: length,
            index: index,
            origin: OutgoingStream.Origin(context: Self.studioContext, source: 0),
            isControl: false,
            isSent: true,
            now: now,
            heard: nil
        )
        let outcome: RelayOutcome
        do {
            outcome = try deliver(&packet, passing, to: LegSlot(call: call, side: side.other).number)
        } catch {
            outcome = .drop(error)
        }
        return outcome
    }

    private func isStudio(_ call: Int, _ side: RelaySide) -> Bool {
        if case .studio = ends[LegSlot(call: call, side: side).number] { true } else { false }
    }

    /// A packet for the studio. RTCP tells it nothing that it could use.
    func hear(_ passing: PassingPacket, from slot: LegSlot) throws(DropReason) -> RelayOutcome {
        guard !passing.isControl else { throw .notRelayed }
        guard passing.isSent, let id = studios[slot.call] else { throw .held }
        return .hear(length: passing.length, id)
    }

    /// Protects a packet for a leg, whichever it is.
    mutating func deliver(
        _ packet: inout MutableSpan<UInt8>,
        _ passing: PassingPacket,
        to listener: Int
    ) throws(DropReason) -> RelayOutcome {
        if case .plain(let pair) = ends[listener] { return try plain.legs[Int(pair)].deliver(&packet, passing) }
        guard legs.contains(listener) else { throw .noDestination }
        return try legs[listener].deliver(&packet, passing)
    }

    /// Above the contexts of keys, which are counted from 1, and below those of plain legs.
    private static let studioContext: UInt64 = 1 << 62
}
