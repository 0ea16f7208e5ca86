// SPDX-License-Identifier: Apache-2.0

/// Remembers which packets of one SRTP stream were already accepted, so that a recorded packet cannot be played
/// to us again; and on the sending side which were protected, so that no key stream is used twice.
///
/// - Packet index: 48 bits, `ROC · 2^16 + SEQ`, in packets. Not a time and not a byte count.
/// - Window: the 64 indexes up to and including the highest accepted one; 64 is the minimum that the RFC allows.
/// - Size: 16 bytes for each stream, no heap. Both operations are O(1) and do not allocate.
///
/// Checking and accepting are two steps on purpose. The check is cheap and comes before the packet is
/// authenticated, so that a flood of copies costs no cryptography; the acceptance comes after it, so that a forged
/// packet cannot move the window and shut out the real ones. The token between them makes the order a matter of
/// types: ``accept(_:)`` cannot be called for an index that ``check(_:)`` did not pass.
///
/// ```swift
/// guard let unseen = window.check(index) else { return .drop(.replayed) }
/// guard cipher.authenticate(&packet) else { return .drop(.forged) }
/// window.accept(unseen)
/// ```
///
/// Source: RFC 3711 §3.3.2 (replay protection) and §3.3.1 (packet index).
public struct ReplayWindow: Sendable {
    /// Proof that an index was not seen before. Spend it with ``ReplayWindow/accept(_:)`` or let it go.
    public struct Unseen: ~Copyable, Sendable {
        fileprivate let index: UInt64
    }

    /// The highest accepted index. Meaningless while `accepted` is 0.
    private var highest: UInt64 = 0
    /// Bit *n* is set when `highest - n` was accepted.
    private var accepted: UInt64 = 0

    public init() {}

    /// A window that takes only what is newer than `index`, as if everything up to there had been accepted.
    public init(closedUpTo index: UInt64) {
        (highest, accepted) = (index, .max)
    }

    /// The highest index that was accepted; `nil` before the first.
    public var last: UInt64? { accepted == 0 ? nil : highest }

    /// Whether a packet with this index can be new.
    ///
    /// - Returns: `nil` when the index was accepted before or is older than the window; such a packet is dropped.
    public func check(_ index: UInt64) -> Unseen? {
        if accepted == 0 || index > highest { return Unseen(index: index) }
        let age = highest - index
        guard age < 64, accepted & (1 << age) == 0 else { return nil }
        return Unseen(index: index)
    }

    /// Records an authenticated packet.
    public mutating func accept(_ unseen: consuming Unseen) {
        let index = unseen.index
        if accepted == 0 {
            (highest, accepted) = (index, 1)
        } else if index > highest {
            accepted = (accepted << (index - highest)) | 1
            highest = index
        } else {
            accepted |= 1 << (highest - index)
        }
    }
}
