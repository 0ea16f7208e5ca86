// SPDX-License-Identifier: Apache-2.0

import Primitives

/// One open relay: two legs.
struct RelayedCall: ~Copyable, Sendable {
    let id: RelayID
    private var a: Leg
    private var b: Leg

    init(id: RelayID, a: LegMedia, b: LegMedia) {
        self.id = id
        self.a = Leg(a)
        self.b = Leg(b)
    }

    subscript(side: RelaySide) -> Leg {
        _read {
            switch side {
            case .a: yield a
            case .b: yield b
            }
        }
        _modify {
            switch side {
            case .a: yield &a
            case .b: yield &b
            }
        }
    }

    /// Re-encrypts a plain packet of one leg for the other.
    mutating func pass(
        _ packet: inout MutableSpan<UInt8>,
        length: Int,
        isControl: Bool,
        from side: RelaySide
    ) throws(DropReason) -> RelayOutcome {
        switch side {
        case .a: try Self.pass(&packet, length: length, isControl: isControl, from: a, to: &b)
        case .b: try Self.pass(&packet, length: length, isControl: isControl, from: b, to: &a)
        }
    }

    private static func pass(
        _ packet: inout MutableSpan<UInt8>,
        length: Int,
        isControl: Bool,
        from sender: borrowing Leg,
        to receiver: inout Leg
    ) throws(DropReason) -> RelayOutcome {
        // RTCP goes on while media is held (RFC 3264 §8.4).
        guard isControl || (sender.media.sends && receiver.media.receives) else { throw .held }
        let port: MediaPort = isControl && !receiver.media.rtcpMux ? .rtcp : .rtp
        guard let destination = receiver.destination(port) else { throw .noDestination }
        do throws(SRTPError) {
            let sealed = try receiver.protect(&packet, length: length, isControl: isControl)
            return .forward(length: sealed, to: destination, port: port)
        } catch {
            throw DropReason(error)
        }
    }

    var report: RelayReport { RelayReport(id: id, a: a.report, b: b.report) }
}

/// One leg's place among all legs of a relay.
struct LegSlot: Sendable {
    let number: Int

    init(number: Int) {
        self.number = number
    }

    init(place: Int, side: RelaySide) {
        number = place * 2 + (side == .a ? 0 : 1)
    }

    var place: Int { number / 2 }
    var side: RelaySide { number % 2 == 0 ? .a : .b }
}
