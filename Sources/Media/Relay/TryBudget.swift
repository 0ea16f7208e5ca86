// SPDX-License-Identifier: Apache-2.0

import Primitives

/// How many authentications packets of unknown streams may cost us: a token bucket for each source and one for all of them,
/// once for strangers and once for sources that signalling named or a packet has proven, so that no guesses use up what a
/// phone's new stream needs, nor one phone what another's does.
///
/// Bounded and without allocation: sources share a fixed table by a seeded hash, and one that pushes another out of its
/// place finds the total unchanged.
struct TryBudget: Sendable {
    private var strangers: Allowance
    private var named: Allowance
    private var dice: UInt64

    init(seed: UInt64) {
        strangers = Allowance(total: RelayLimits.triesInTotal, seed: seed)
        named = Allowance(total: RelayLimits.triesOfNamedSources, seed: seed)
        dice = seed
    }

    /// How many legs to try with one packet. With a fixed number, phones that take turns could meet the same legs in
    /// every round and never their own.
    mutating func tries(_ tier: SourceTable.Tier) -> Int {
        dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return tier.triesPerPacket - Int(dice >> 32) % (tier.triesPerPacket / 2 + 1)
    }

    /// One try with a leg that waits, or, for a `named` source, with one that is locked to it.
    mutating func take(_ tier: SourceTable.Tier, _ source: IPAddress, at now: MonotonicTime) -> Bool {
        switch tier {
        case .named: named.take(source, at: now)
        case .signalling, .anyone: strangers.take(source, at: now)
        }
    }
}

/// A bucket for each source and one for all.
private struct Allowance: Sendable {
    typealias Limit = (rate: Double, burst: Double)

    private struct Bucket: Sendable {
        var tokens: Double
        var filledAt: UInt64 = 0

        mutating func take(_ limit: Limit, at now: MonotonicTime) -> Bool {
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

    private var sources = Array(repeating: Source(), count: RelayLimits.rememberedSources)
    private var all: Bucket
    private let total: Limit
    private let seed: UInt64

    init(total: Limit, seed: UInt64) {
        (self.total, self.seed) = (total, seed)
        all = Bucket(tokens: total.burst)
    }

    mutating func take(_ source: IPAddress, at now: MonotonicTime) -> Bool {
        let address = source.accountable
        let hash = SeededHash.of(SocketAddress(ip: address, port: 0), seed: seed)
        let place = Int(truncatingIfNeeded: hash % UInt64(sources.count))
        if sources[place].address != address {
            sources[place] = Source(
                address: address,
                bucket: Bucket(tokens: RelayLimits.triesPerSource.burst, filledAt: now.nanoseconds)
            )
        }
        return sources[place].bucket.take(RelayLimits.triesPerSource, at: now) && all.take(total, at: now)
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
