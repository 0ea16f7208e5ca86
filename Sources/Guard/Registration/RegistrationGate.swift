// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// How many phones may come back at once: after a power cut all of them try in the same second, and those that are told
/// to wait at random are in sooner than those that wait in a queue until they give up (row D19 of the attack catalogue).
///
/// Only phones that were not registered count; one that refreshes costs little and is never sent away. A phone that was
/// here before may use the whole budget, a new one only what is above the half: known phones first.
public struct RegistrationGate: Sendable {
    private var bucket = TokenBucket()
    private let pace: TokenBucket.Pace
    private let reserve: UInt32

    public init(rate: Rate = Limits.registrationRate) {
        pace = TokenBucket.Pace(rate)
        reserve = rate.burst / 2
    }

    /// Whether one more phone may register now. Takes its place if so.
    ///
    /// - Parameter isKnown: Whether this phone was registered before.
    public mutating func admits(isKnown: Bool, at now: MonotonicTime) -> Bool {
        guard bucket.holds(isKnown ? 1 : 1 + reserve, at: now.nanoseconds, pace) else { return false }
        bucket.take(1, at: now.nanoseconds, pace)
        return true
    }
}

extension RegistrationRules {
    /// Seconds after which a phone that was sent away may come back, spread so that they do not all come at once
    /// (RFC 3261 §20.33; row D19).
    ///
    /// - Parameter word: 64 random bits.
    public static func retryAfter(_ word: UInt64) -> Int {
        Limits.retryAfter.lowerBound + Int(word % UInt64(Limits.retryAfter.count))
    }

    /// How long a new binding lasts: up to a tenth shorter than asked for, so that phones which came together do not
    /// refresh together (RFC 3261 §10.3 lets the registrar shorten).
    ///
    /// - Parameters:
    ///   - seconds: What was asked for, at least ``minimumExpires``.
    ///   - word: 64 random bits.
    public static func spread(_ seconds: UInt32, _ word: UInt64) -> UInt32 {
        let most = UInt64(seconds / 10)
        return max(Limits.minimumExpires, seconds - UInt32(word % (most + 1)))
    }
}
