// SPDX-License-Identifier: Apache-2.0

import Model
import NIOCore
import Synchronization

/// The connections of one business that the reception has passed on and its loop has not taken yet.
///
/// A loop does all that it was told before it looks at its sockets again. So it is told once that somebody is there, takes a
/// few, and comes back for the others after it has looked; and the threshold holds so many and no more, or whoever connects
/// faster than the loop takes would use up every descriptor of the process.
final class Threshold: Sendable {
    private struct State {
        var visitors: [(socket: AcceptedSocket, listener: EncryptedListener)] = []
        /// Whether the loop knows that somebody is there.
        var isTold = false
    }

    private let hop: SignallingHop
    /// On the way to all businesses of the process.
    private let total: OnTheWay
    private let state = Mutex(State())

    init(_ hop: SignallingHop, _ total: OnTheWay) {
        (self.hop, self.total) = (hop, total)
    }

    deinit {
        total.leave(state.withLock { $0.visitors.count })
    }

    /// Called on the reception's thread.
    ///
    /// - Returns: `false` when there is no room; then the connection is for whoever called to let go of.
    func offer(_ socket: AcceptedSocket, _ listener: EncryptedListener) -> Bool {
        guard total.enter() else { return false }
        let (isAccepted, isNews) = state.withLock { state in
            guard state.visitors.count < Limits.onTheWayPerBusiness else { return (false, false) }
            state.visitors.append((socket, listener))
            defer { state.isTold = true }
            return (true, !state.isTold)
        }
        if !isAccepted { total.leave(1) }
        if isNews { hop.tell { [weak self] in self?.takeSome($0) } }
        return isAccepted
    }

    /// On the loop.
    private func takeSome(_ signalling: Signalling) {
        let (some, isMore) = state.withLock { state in
            let some = Array(state.visitors.prefix(Int(Limits.acceptsPerTurn)))
            state.visitors.removeFirst(some.count)
            state.isTold = !state.visitors.isEmpty
            return (some, state.isTold)
        }
        total.leave(some.count)
        for visitor in some { signalling.take(visitor.socket, from: visitor.listener) }
        guard isMore else { return }
        // Later, not next: the loop has to look at its sockets in between.
        hop.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(Limits.betweenVisits)) { [weak self, hop] in
            hop.visit { self?.takeSome($0) }
        }
    }
}

/// How many connections are between the reception and the loops of all businesses.
final class OnTheWay: Sendable {
    private let counted = Atomic(0)

    var count: Int { counted.load(ordering: .relaxed) }

    /// Only the reception's thread enters, so the bound holds.
    func enter() -> Bool {
        guard count < Limits.onTheWay else { return false }
        counted.add(1, ordering: .relaxed)
        return true
    }

    func leave(_ count: Int) { counted.subtract(count, ordering: .relaxed) }
}
