// SPDX-License-Identifier: Apache-2.0

import Primitives

/// The stream that a plain leg's peer speaks with: one at a time, as RFC 3550 A.1 checks it.
///
/// Another source has its turn when the one before has been silent for ``RelayLimits/plainTurn``. Numbers that jump are
/// taken when two packets follow one another there. So something that strays in from the right address does not disturb who
/// is speaking. It is no protection from somebody who wants to: only a key is.
struct PlainStream: Sendable {
    private var source: UInt32 = 0
    private var window = ReplayWindow()
    private var heardAt = MonotonicTime(nanoseconds: 0)
    private var hasBegun = false
    /// What would prove that the numbers have jumped.
    private var awaited: UInt16?
    /// Another one for each stream that begins, so that its numbers mean nothing for those before.
    private(set) var context: UInt64

    /// - Parameter context: One that no other leg has had.
    init(context: UInt64) {
        // The contexts of keys are counted from 1; these are in the upper half.
        self.context = 1 << 63 | context << 32
    }

    /// - Returns: The index of the packet in its stream.
    /// - Throws: `replayed` for one that had come, `foreign` for one that is not of the stream.
    mutating func take(_ header: RTPHeader, at now: MonotonicTime) throws(DropReason) -> UInt64 {
        guard hasBegun, header.synchronisationSource == source else {
            guard !hasBegun || now - heardAt >= RelayLimits.plainTurn else { throw .foreign }
            return begin(header, at: now)
        }
        guard let index = index(of: header.sequenceNumber) else {
            guard awaited == header.sequenceNumber else {
                awaited = header.sequenceNumber &+ 1
                throw .foreign
            }
            return begin(header, at: now)
        }
        guard let unseen = window.check(index) else { throw .replayed }
        window.accept(unseen)
        (heardAt, awaited) = (now, nil)
        return index
    }

    /// `nil` when it is too far from the newest one.
    private func index(of sequence: UInt16) -> UInt64? {
        guard let last = window.last, case .index(let index) = PacketIndex.estimate(sequence, after: last) else {
            return nil
        }
        let isNear = index > last ? index - last <= RelayLimits.lostInARow : last - index < RelayLimits.plainDisorder
        return isNear ? index : nil
    }

    private mutating func begin(_ header: RTPHeader, at now: MonotonicTime) -> UInt64 {
        if hasBegun { context &+= 1 }
        (source, window, heardAt, hasBegun, awaited) = (header.synchronisationSource, ReplayWindow(), now, true, nil)
        let index = UInt64(header.sequenceNumber)
        if let unseen = window.check(index) { window.accept(unseen) }
        return index
    }
}
