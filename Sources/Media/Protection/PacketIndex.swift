// SPDX-License-Identifier: Apache-2.0

/// The 48-bit index of an SRTP packet: roll-over counter · 2^16 + sequence number (RFC 3711 §3.3.1).
enum PacketIndex {
    /// 2^48 packets are the life of an SRTP key (RFC 3711 §9.2).
    static let end: UInt64 = 1 << 48
    /// 2^31 packets are the life of an SRTCP key.
    static let controlEnd: UInt64 = 1 << 31

    enum Estimate: Hashable {
        case index(UInt64)
        /// Before the first packet that the key protected.
        case beforeStart
        case exhausted
    }

    /// The index nearest to the highest one so far whose low 16 bits are `sequence`: RFC 3711 Appendix A.
    ///
    /// - Parameter highest: `nil` for a source that has not been heard: its roll-over counter is 0.
    static func estimate(_ sequence: UInt16, after highest: UInt64?) -> Estimate {
        guard let highest else { return .index(UInt64(sequence)) }
        let difference = Int32(sequence) - Int32(UInt16(truncatingIfNeeded: highest))
        var rollover = Int64(highest >> 16)
        // A number more than half the circle away belongs to the neighbouring turn.
        if difference > 0x8000 { rollover -= 1 }
        if difference < -0x8000 { rollover += 1 }
        guard rollover >= 0 else { return .beforeStart }
        let index = UInt64(rollover) << 16 | UInt64(sequence)
        return index < end ? .index(index) : .exhausted
    }
}

extension ReplayWindow {
    /// The index that a packet with this sequence number has, by what was accepted before.
    func index(of sequence: UInt16) throws(SRTPError) -> UInt64 {
        switch PacketIndex.estimate(sequence, after: last) {
        case .index(let index): return index
        case .beforeStart: throw .replayed
        case .exhausted: throw .keyExhausted
        }
    }
}
