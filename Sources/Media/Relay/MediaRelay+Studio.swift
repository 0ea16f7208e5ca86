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
        guard let call = calls[id], let listener = listener(in: call),
            length >= RTPHeader.minimumLength, length + RelayLimits.protectionOverhead <= packet.count
        else { return .drop(.unknownSource) }
        let passing = PassingPacket(
            length: length,
            index: index,
            origin: OutgoingStream.Origin(context: Self.studioContext, source: entertained[call] ?? 0),
            isControl: false,
            isSent: true,
            now: now,
            heard: nil
        )
        let outcome: RelayOutcome
        do {
            outcome = try deliver(&packet, passing, to: listener)
        } catch {
            outcome = .drop(error)
        }
        return outcome
    }

    /// Who hears the studio of a call.
    private func listener(in call: Int) -> Int? {
        for side in RelaySide.allCases {
            let slot = LegSlot(call: call, side: side)
            switch ends[slot.number] {
            case .studio: return slot.peer.number
            case .entertained: return slot.number
            case .network, .keyless, .echo, .plain: continue
            }
        }
        return nil
    }

    /// - Returns: `false` for a relay that there is not.
    mutating func entertain(_ id: RelayID, _ side: RelaySide, _ isOn: Bool) -> Bool {
        guard let call = calls[id] else { return false }
        let number = LegSlot(call: call, side: side).number
        switch ends[number] {
        case .network where isOn && legs.contains(number):
            entertainments &+= 1
            (ends[number], entertained[call]) = (.entertained, entertainments)
        case .entertained where !isOn: (ends[number], entertained[call]) = (.network, nil)
        case .network, .keyless, .entertained, .echo, .studio, .plain: break
        }
        return true
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
