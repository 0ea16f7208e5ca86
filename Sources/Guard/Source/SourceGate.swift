// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Lets in as much as a source may send, before a byte of it is parsed.
///
/// One token bucket per accountable source (an IPv4 address or an IPv6 /64) in a table of fixed size, and one more for all
/// strangers together. A bucket that is not full is never evicted: a flood of made-up sources cannot make the table forget
/// one that owes. A source that finds no room shares a bucket with the others that found none in its row, so it can slow
/// down only those, and only for as long as the row is busy. Rows are chosen by a keyed hash.
///
/// Costs about 30 ns and no allocation after `init`.
public struct SourceGate: Sendable {
    /// What something costs, in messages.
    public struct Cost: Hashable, Sendable {
        public let messages: UInt32

        public init(messages: UInt32) { self.messages = messages }

        /// What a source pays on top for a message that turned out to be an offence.
        public init(_ charge: EventTraits.Charge) {
            switch charge {
            case .failedLogin: self = .failedLogin
            case .abuse: self = .abuse
            }
        }

        public static let message = Cost(messages: 1)
        /// A TLS handshake takes about as long as ten challenges.
        public static let connection = Cost(messages: 10)
        /// Taken on top by ``charge(_:cost:at:)``: about two guesses a second remain.
        public static let failedLogin = Cost(messages: 25)
        /// Malformed or forged.
        public static let abuse = Cost(messages: 10)
        /// For what would have been a ban: nobody waits longer than for this (``Limits/longestDebt``).
        public static let withheldBan = Cost(messages: .max)
    }

    public struct Rates: Sendable {
        public var stranger = Limits.strangerRate
        public var site = Limits.siteRate
        public var allStrangers = Limits.allStrangersRate

        public init() {}
    }

    private struct Slot {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var bucket = TokenBucket()
    }

    private static let ways = 8
    private var slots: [Slot]
    /// One shared bucket per row.
    private var overflow: [TokenBucket]
    private var strangers = TokenBucket()
    private let rowMask: UInt64
    private let hash: SipHash
    /// Networks that phones sit in.
    public var sites: [IPPrefix]
    private let strangerPace: TokenBucket.Pace
    private let sitePace: TokenBucket.Pace
    private let allStrangersPace: TokenBucket.Pace

    /// - Parameters:
    ///   - capacity: Sources with a bucket of their own; rounded up to a power of two, at least 8.
    ///   - sites: Networks of the business. They have larger buckets and stand outside the strangers' common one.
    ///   - seed: 128 random bits; new at each start.
    public init(
        capacity: Int = Limits.gateSources,
        sites: [IPPrefix] = [],
        rates: Rates = Rates(),
        seed: (UInt64, UInt64)
    ) {
        var rows = 1
        while rows * Self.ways < capacity { rows *= 2 }
        slots = Array(repeating: Slot(), count: rows * Self.ways)
        overflow = Array(repeating: TokenBucket(), count: rows)
        rowMask = UInt64(rows - 1)
        hash = SipHash(key: seed)
        self.sites = sites
        strangerPace = TokenBucket.Pace(rates.stranger)
        sitePace = TokenBucket.Pace(rates.site)
        allStrangersPace = TokenBucket.Pace(rates.allStrangers)
    }

    /// Whether one more of this may come from that source now. What is refused costs the source nothing.
    public mutating func admit(_ source: IPAddress, cost: Cost = .message, at now: MonotonicTime) -> Bool {
        let isSite = isSite(source)
        let pace = isSite ? sitePace : strangerPace
        let now = now.nanoseconds
        guard isSite || strangers.holds(cost.messages, at: now, allStrangersPace) else { return false }
        guard withBucket(of: source, at: now, { $0.spend(cost.messages, at: now, pace) }) else { return false }
        if !isSite { strangers.take(cost.messages, at: now, allStrangersPace) }
        return true
    }

    /// Takes tokens for something that turned out bad after it was let in; a source in debt waits until it is paid.
    public mutating func charge(_ source: IPAddress, cost: Cost, at now: MonotonicTime) {
        let pace = isSite(source) ? sitePace : strangerPace
        withBucket(of: source, at: now.nanoseconds) { $0.take(cost.messages, at: now.nanoseconds, pace) }
    }

    public func isSite(_ source: IPAddress) -> Bool {
        for site in sites where site.contains(source) { return true }
        return false
    }

    /// The source's own bucket; else one that is full, made its own; else the one its row shares.
    @inline(__always)
    private mutating func withBucket<Result>(
        of source: IPAddress,
        at now: UInt64,
        _ use: (inout TokenBucket) -> Result
    ) -> Result {
        let key = source.accountable
        let row = Int(truncatingIfNeeded: hash.hash(key.high, key.low) & rowMask)
        let range = row * Self.ways..<(row + 1) * Self.ways
        var free: Int?
        for index in range {
            if slots[index].high == key.high, slots[index].low == key.low { return use(&slots[index].bucket) }
            if free == nil, slots[index].bucket.isFull(at: now) { free = index }
        }
        guard let free else { return use(&overflow[row]) }
        slots[free] = Slot(high: key.high, low: key.low)
        return use(&slots[free].bucket)
    }
}
