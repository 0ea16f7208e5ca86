// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// Requests other than INVITE that came over a transport that loses (RFC 3261 §17.2.2): each absorbs what repeats it, and
/// says its answer again.
struct NonInviteServers: Sendable {
    private var transactions: [ServerKey: NonInviteServerTransaction] = [:]
    /// Those that are answered.
    private var finished = KeptTransactions<ServerKey>()
    private var deadlines = DeadlineQueue<ServerKey>()
    /// What a transaction asks for, kept so that nothing is allocated for it each time.
    private var steps: [NonInviteServerTransaction.Action] = []

    var count: Int { transactions.count }
    var nextDeadline: MonotonicTime? { deadlines.next }
    var finishedBytes: Int { finished.bytes }
    var keptBytes: Int { transactions.values.reduce(0) { $0 + $1.keptBytes } }

    /// Absorbs the repeats of a request that is answered later.
    mutating func expect(_ key: ServerKey, at now: Moment) {
        let transaction = NonInviteServerTransaction(isReliable: false, at: now.monotonic)
        transactions[key] = transaction
        if let deadline = transaction.deadline { deadlines.insert(key, at: deadline) }
    }

    /// Remembers an answer for as long as its request can be repeated.
    mutating func keep(_ answer: Answer, for key: ServerKey, at now: Moment) {
        let before = transactions[key]
        var transaction = before ?? NonInviteServerTransaction(isReliable: false, at: now.monotonic)
        steps.removeAll(keepingCapacity: true)
        transaction.handle(.answer(answer), at: now.monotonic, into: &steps)
        transactions[key] = transaction
        if let deadline = transaction.deadline { deadlines.insert(key, at: deadline) }
        let (kept, most) = (transaction.keptBytes, Limits.nonInviteServers)
        // One that answers again is there once.
        if before != nil { finished.remove(key, on: key.flow) }
        if let old = finished.add(key, bytes: kept, on: key.flow, most: most) { transactions[old] = nil }
    }

    /// - Returns: Whether there was a request that this one repeats.
    mutating func absorb(_ key: ServerKey, _ turn: inout Turn) -> Bool {
        guard transactions[key] != nil else { return false }
        feed(key, .repeated, &turn)
        return true
    }

    private mutating func feed(_ key: ServerKey, _ input: NonInviteServerTransaction.Input, _ turn: inout Turn) {
        guard var transaction = transactions[key] else { return }
        steps.removeAll(keepingCapacity: true)
        transaction.handle(input, at: turn.now.monotonic, into: &steps)
        transactions[key] = transaction
        for step in steps {
            switch step {
            case .send(let bytes): turn.actions.append(.send(bytes, key.flow))
            case .timedOut: break
            case .end:
                transactions[key] = nil
                finished.remove(key, on: key.flow)
            }
        }
    }

    mutating func wake(_ turn: inout Turn) {
        for _ in 0..<deadlines.count {
            guard let key = deadlines.popDue(at: turn.now.monotonic) else { return }
            feed(key, .clock, &turn)
        }
    }

    /// Nothing can be answered over a connection that is gone.
    mutating func forget(on flow: FlowID) {
        for key in transactions.keys where key.flow == flow { transactions[key] = nil }
        finished.removeAll(on: flow)
    }
}
