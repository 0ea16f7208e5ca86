// SPDX-License-Identifier: Apache-2.0

import Guard
import NIOCore
import Primitives
import Synchronization

/// How fast strangers may shake hands: a signature for each of them takes more of our time than of theirs. Where somebody is signed
/// in, or a program shows a good token, it is forgotten what was taken.
final class HandshakePace: Sendable {
    private struct State: Sendable {
        /// A full bucket is not kept.
        var buckets: [IPAddress: TokenBucket] = [:]
        /// Of all those that found no place.
        var others = TokenBucket()
    }

    private static let pace = TokenBucket.Pace(Limits.handshakes)

    private let state = Mutex(State())

    /// How many sources are slowed or nearly.
    var count: Int { state.withLock(\.buckets.count) }

    func admits(_ address: IPAddress, at now: UInt64 = NIODeadline.now().uptimeNanoseconds) -> Bool {
        let source = address.accountable
        return state.withLock { state in
            if state.buckets[source] == nil, state.buckets.count >= Limits.pacedSources {
                state.buckets = state.buckets.filter { !$0.value.isFull(at: now) }
                if state.buckets.count >= Limits.pacedSources { return state.others.spend(1, at: now, Self.pace) }
            }
            return state.buckets[source, default: TokenBucket()].spend(1, at: now, Self.pace)
        }
    }

    func forget(_ address: IPAddress) { state.withLock { $0.buckets[address.accountable] = nil } }
}
