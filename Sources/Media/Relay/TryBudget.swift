// SPDX-License-Identifier: Apache-2.0

import Primitives

/// How many authentications strangers may cost us: a token bucket for each source and one for all of them.
///
/// Bounded and without allocation: sources share a fixed table by a seeded hash, and one that pushes another out of its
/// place finds the total unchanged.
struct TryBudget: Sendable {
    private struct Bucket: Sendable {
        var tokens: Double
        var filledAt: UInt64 = 0

        mutating func take(_ limit: (rate: Double, burst: Double), at now: MonotonicTime) -> Bool {
            let elapsed = now.nanoseconds > filledAt ? Double(now.nanoseconds - filledAt) / 1e9 : 0
            tokens = min(limit.burst, tokens + elapsed * limit.rate)
            filledAt = max(filledAt, now.nanoseconds)
            guard tokens >= 1 else { return false }
            tokens -= 1
            return true
        }
    }

    private struct Source: Sendable {
        var address = IPAddress(high: 0, low: 0)
        var bucket = Bucket(tokens: 0)
    }

    private var sources: [Source]
    private var total = Bucket(tokens: RelayLimits.triesInTotal.burst)
    private var named = Bucket(tokens: RelayLimits.triesOfNamedSources.burst)
    private let seed: UInt64
    private var dice: UInt64

    init(seed: UInt64) {
        sources = Array(repeating: Source(), count: RelayLimits.rememberedSources)
        self.seed = seed
        dice = seed
    }

    /// How many legs to try with one packet. With a fixed number, phones that take turns could meet the same legs in
    /// every round and never their own.
    mutating func tries(_ tier: SourceTable.Tier) -> Int {
        dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return tier.triesPerPacket - Int(dice >> 32) % (tier.triesPerPacket / 2 + 1)
    }

    /// One try for a source whose very address and port signalling named or a packet has proven.
    mutating func takeNamed(at now: MonotonicTime) -> Bool {
        named.take(RelayLimits.triesOfNamedSources, at: now)
    }

    /// One try with a leg that waits.
    mutating func take(_ tier: SourceTable.Tier, _ source: IPAddress, at now: MonotonicTime) -> Bool {
        switch tier {
        case .named: takeNamed(at: now)
        case .signalling, .anyone: take(source, at: now)
        }
    }

    private mutating func take(_ source: IPAddress, at now: MonotonicTime) -> Bool {
        let address = source.accountable
        let hash = SeededHash.of(SocketAddress(ip: address, port: 0), seed: seed)
        let place = Int(truncatingIfNeeded: hash % UInt64(sources.count))
        if sources[place].address != address {
            sources[place] = Source(
                address: address,
                bucket: Bucket(tokens: RelayLimits.triesPerSource.burst, filledAt: now.nanoseconds)
            )
        }
        return sources[place].bucket.take(RelayLimits.triesPerSource, at: now)
            && total.take(RelayLimits.triesInTotal, at: now)
    }
}

extension SourceTable.Tier {
    var triesPerPacket: Int {
        switch self {
        case .named: RelayLimits.triesPerPacket
        case .signalling: RelayLimits.triesPerNeighbour
        case .anyone: RelayLimits.triesPerStranger
        }
    }
}
