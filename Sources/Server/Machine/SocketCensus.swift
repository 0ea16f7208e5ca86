// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Guard
import Primitives
import Synchronization

/// The sockets of this process as each of its businesses should see them: what another one declared is not its concern, and
/// where that listens not its knowledge.
final class SocketCensus: Sendable {
    private struct Declared: Sendable {
        var now: Set<OpenSocket> = []
        /// Ranges in which its calls open and close sockets.
        var ranges: [Listener] = []
        /// Before the last change: a socket closes a moment after it is given up, and the list may be older than that.
        var before: Set<OpenSocket> = []
    }

    private struct State: Sendable {
        var declared: [UInt16: Declared] = [:]
        var found: (sockets: Set<OpenSocket>, at: MonotonicTime)?
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "ringfence-census")

    /// What a business has open, or is about to open. Said before it is.
    func declare(_ listeners: [Listener], of business: UInt16) {
        let ranges = listeners.filter { $0.purpose == .plainMedia }
        let fixed = listeners.filter { $0.purpose != .plainMedia }
        let sockets = Set(fixed.map { OpenSocket(network: $0.purpose.network, address: $0.address) })
        state.withLock { state in
            let before = state.declared[business, default: Declared()]
            if before.now != sockets {
                state.declared[business] = Declared(now: sockets, ranges: before.ranges, before: before.now)
            }
            // What was a range stays one until the calls in it are over, in this process.
            if !ranges.isEmpty { state.declared[business, default: Declared()].ranges = ranges }
        }
    }

    func forget(_ business: UInt16) { state.withLock { $0.declared[business] = nil } }

    /// The same as ``found(for:notOlderThan:)`` for somebody who must not block.
    func look(for business: UInt16, notOlderThan age: Duration = .zero) async -> [OpenSocket] {
        await withCheckedContinuation { continuation in
            queue.async { [self] in continuation.resume(returning: found(for: business, notOlderThan: age)) }
        }
    }

    /// What this process really has open, without what only other businesses declared. Blocks for some milliseconds.
    ///
    /// - Parameter age: How old an answer may be: reading the kernel's lists takes longer the more connections there are.
    func found(for business: UInt16, notOlderThan age: Duration = .zero) -> [OpenSocket] {
        let now = SystemClock.monotonic
        let known = state.withLock { state in
            state.found.flatMap { now - $0.at < age ? $0.sockets : nil }
        }
        let sockets = known ?? OpenSockets.all()
        return state.withLock { state in
            if known == nil { state.found = (sockets, now) }
            var foreign: Set<OpenSocket> = []
            var ranges: [Listener] = []
            for (number, declared) in state.declared where number != business {
                foreign.formUnion(declared.now)
                foreign.formUnion(declared.before)
                ranges += declared.ranges
            }
            if let own = state.declared[business] { foreign.subtract(own.now) }
            return sockets.subtracting(foreign).filter { socket in !ranges.contains { $0.covers(socket) } }
        }
    }
}
