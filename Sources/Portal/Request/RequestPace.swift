// SPDX-License-Identifier: Apache-2.0

import Guard
import NIOCore
import Primitives
import Synchronization

/// How fast programs may ask: each token, and each source, which is slowed much more by tokens that are good for nothing. And how fast
/// each session may.
final class RequestPace: Sendable {
    enum Subject: Hashable {
        case token([UInt8])
        case source(IPAddress)
    }

    private let pace: TokenBucket.Pace

    /// A full bucket is not kept.
    private let buckets = Mutex<[Subject: TokenBucket]>([:])

    init(_ rate: Rate = Limits.programs) { pace = TokenBucket.Pace(rate) }

    /// - Parameter cost: What it takes; 1 for what is ordinary.
    func admits(
        _ subject: Subject,
        cost: UInt32 = 1,
        at now: UInt64 = NIODeadline.now().uptimeNanoseconds
    ) -> Bool {
        buckets.withLock { buckets in
            var bucket = buckets[subject] ?? TokenBucket()
            guard bucket.spend(cost, at: now, pace) else { return false }
            Self.keep(bucket, subject, in: &buckets, at: now)
            return true
        }
    }

    /// What a token that is good for nothing costs besides.
    func punish(_ subject: Subject, at now: UInt64 = NIODeadline.now().uptimeNanoseconds) {
        buckets.withLock { buckets in
            var bucket = buckets[subject] ?? TokenBucket()
            bucket.take(Limits.badToken, at: now, pace)
            Self.keep(bucket, subject, in: &buckets, at: now)
        }
    }

    private static func keep(
        _ bucket: TokenBucket,
        _ subject: Subject,
        in buckets: inout [Subject: TokenBucket],
        at now: UInt64
    ) {
        if buckets[subject] == nil, buckets.count >= Limits.pacedPrograms {
            buckets = buckets.filter { !$0.value.isFull(at: now) }
            // Whoever is in none of so many is not slowed: tokens cannot be guessed.
            if buckets.count >= Limits.pacedPrograms { return }
        }
        buckets[subject] = bucket
    }
}
