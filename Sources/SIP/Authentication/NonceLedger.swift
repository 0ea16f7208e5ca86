// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Which nonce counts were already used, so that a captured `Authorization` works once.
///
/// Ask it last: after ``NonceIssuer/check(_:from:at:)`` and ``Digest/matches(_:in:method:ha1:)`` said yes. So only phones
/// with a password can take up room, and nobody can use up a count that is not theirs.
///
/// A count is accepted once; one that is more than ``window`` behind the highest is refused, because nobody knows any
/// more whether it was used. When the table is full the oldest nonce makes room, and from then on every unknown nonce
/// that was issued up to that one is refused: nothing is ever accepted twice, and a phone that uses up nonces costs the
/// others a second challenge instead of their registration.
///
/// A nonce is remembered by a 64-bit fingerprint, seeded per process: two that share one are judged as one, which can
/// only refuse. Everything is allocated in `init`: 32 + 8 to 16 bytes for each nonce of `capacity`.
///
/// Source: RFC 7616 §3.4 (nc) and §5.5 (replay); the window is that of RFC 3711 §3.3.2.
public struct NonceLedger: Sendable {
    /// How far counts may overtake each other.
    public static let window: UInt32 = 64

    public enum Use: Hashable, Sendable {
        /// Never seen: go on.
        case first
        /// This count of this nonce was used before: somebody replays it.
        case repeated
        /// Nobody knows any more, or it is no nonce and count of ours. Innocent phones come here too.
        case forgotten
    }

    fileprivate struct Entry {
        var fingerprint: UInt64 = 0
        var until = MonotonicTime(nanoseconds: 0)
        /// Bit 0 stands for `highest`, bit 1 for the count below it.
        var seen: UInt64 = 0
        var highest: UInt32 = 0
        var number: UInt32 = 0
    }

    /// In the order of their ends, from `oldest` round: all live equally long.
    private var entries: [Entry]
    private var oldest = 0
    private var count = 0
    /// Linear probing: 0 for nothing, else 1 + a place in `entries`.
    private var slots: [UInt32]
    /// The latest number among the nonces that made room, until all nonces of its age have expired.
    private var floor: (number: UInt32, until: MonotonicTime)?
    private let lifetime: Duration

    /// - Parameters:
    ///   - capacity: How many nonces are remembered at a time.
    ///   - lifetime: How long a nonce is remembered; at least the lifetime that ``NonceIssuer`` gives them.
    /// - Precondition: `capacity` is 1…2³⁰.
    public init(capacity: Int, lifetime: Duration) {
        precondition(1...(1 << 30) ~= capacity, "A ledger remembers 1 to 2³⁰ nonces")
        entries = Array(repeating: Entry(), count: capacity)
        var size = 2
        while size < capacity * 2 { size *= 2 }
        slots = Array(repeating: 0, count: size)
        // The issuer counts in whole milliseconds of another clock.
        self.lifetime = lifetime + .seconds(1)
    }

    /// Whether this count of this nonce is new, and from now on it is not. When it is not ``Use/first``: a new challenge,
    /// `stale=true`.
    ///
    /// - Parameter nonce: One that ``NonceIssuer/check(_:from:at:)`` called valid.
    public mutating func use(_ nonce: Span<UInt8>, nc: UInt32, at now: MonotonicTime) -> Use {
        guard nc > 0, let number = Nonce.number(of: nonce) else { return .forgotten }
        while count > 0, entries[oldest].until <= now { forgetOldest() }
        let fingerprint = Self.fingerprint(of: nonce)
        let slot = slot(of: fingerprint)
        if slots[slot] != 0 { return entries[Int(slots[slot]) - 1].use(nc) }
        if let floor, now < floor.until, !number.isAfter(floor.number) { return .forgotten }
        if count == entries.count { makeRoom(at: now) }
        insert(Entry(fingerprint: fingerprint, until: now + lifetime, seen: 1, highest: nc, number: number))
        return .first
    }

    private mutating func makeRoom(at now: MonotonicTime) {
        let number = entries[oldest].number
        let highest = floor.map { now < $0.until && $0.number.isAfter(number) ? $0.number : number } ?? number
        floor = (highest, now + lifetime)
        forgetOldest()
    }

    private mutating func insert(_ entry: Entry) {
        let place = (oldest + count) % entries.count
        entries[place] = entry
        slots[slot(of: entry.fingerprint)] = UInt32(place) + 1
        count += 1
    }

    /// Where the fingerprint stands, or the free slot where it belongs. At least half of the slots are free.
    private func slot(of fingerprint: UInt64) -> Int {
        var slot = home(of: fingerprint)
        while slots[slot] != 0, entries[Int(slots[slot]) - 1].fingerprint != fingerprint {
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private func home(of fingerprint: UInt64) -> Int {
        Int(truncatingIfNeeded: fingerprint) & (slots.count - 1)
    }

    private mutating func forgetOldest() {
        var hole = slot(of: entries[oldest].fingerprint)
        slots[hole] = 0
        oldest = (oldest + 1) % entries.count
        count -= 1
        // Close the gap, or what stands behind it could not be found any more.
        var next = (hole + 1) & (slots.count - 1)
        while slots[next] != 0 {
            let home = home(of: entries[Int(slots[next]) - 1].fingerprint)
            if (next - home) & (slots.count - 1) >= (next - hole) & (slots.count - 1) {
                slots[hole] = slots[next]
                slots[next] = 0
                hole = next
            }
            next = (next + 1) & (slots.count - 1)
        }
    }

    private static func fingerprint(of nonce: Span<UInt8>) -> UInt64 {
        var hasher = Hasher()
        unsafe nonce.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}

extension NonceLedger.Entry {
    fileprivate mutating func use(_ nc: UInt32) -> NonceLedger.Use {
        if nc > highest {
            let step = UInt64(nc - highest)
            seen = step < 64 ? seen << step | 1 : 1
            highest = nc
            return .first
        }
        let age = highest - nc
        guard age < NonceLedger.window else { return .forgotten }
        guard seen >> UInt64(age) & 1 == 0 else { return .repeated }
        seen |= 1 << UInt64(age)
        return .first
    }
}

extension UInt32 {
    /// Whether this number was given out after `other`, on a counter that wraps: there are never 2³¹ alive at a time.
    fileprivate func isAfter(_ other: Self) -> Bool { self != other && self &- other < 1 << 31 }
}
