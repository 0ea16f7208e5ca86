// SPDX-License-Identifier: Apache-2.0

import Guard
import NIOCore
import Primitives
import Synchronization

/// How fast programs may ask: each token, and each source, which is slowed much more by tokens that are good for nothing.
final class ProgramPace: Sendable {
    enum Subject: Hashable {
        case token([UInt8])
        case source(IPAddress)
    }

    private static let pace = TokenBucket.Pace(Limits.programs)

    /// A full bucket is not kept.
    private let buckets = Mutex<[Subject: TokenBucket]>([:])

    func admits(_ subject: Subject, at now: UInt64 = NIODeadline.now().uptimeNanoseconds) -> Bool {
        buckets.withLock { buckets in
            var bucket = buckets[subject] ?? TokenBucket()
            guard bucket.spend(1, at: now, Self.pace) else { return false }
            Self.keep(bucket, subject, in: &buckets, at: now)
            return true
        }
    }

    /// What a token that is good for nothing costs besides.
    func punish(_ subject: Subject, at now: UInt64 = NIODeadline.now().uptimeNanoseconds) {
        buckets.withLock { buckets in
            var bucket = buckets[subject] ?? TokenBucket()
            bucket.take(Limits.badToken, at: now, Self.pace)
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
