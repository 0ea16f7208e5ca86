// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// An INVITE that we answer, and the call it is about.
private struct InviteServer: Sendable {
    let key: ServerKey
    let flow: Flow
    let call: UInt64
    var transaction: InviteServerTransaction

    var keptBytes: Int { transaction.keptBytes }
}

/// INVITEs that we answer (RFC 3261 §17.2.1): each absorbs what repeats it, and says its answer again until that is
/// acknowledged.
struct InviteServers: Sendable {
    private var servers: [UInt64: InviteServer] = [:]
    private var ids: [ServerKey: UInt64] = [:]
    /// Those that are answered.
    private var finished = KeptTransactions<UInt64>()
    private var deadlines = DeadlineQueue<UInt64>()
    private var lastID: UInt64 = 0

    var count: Int { servers.count }
    var nextDeadline: MonotonicTime? { deadlines.next }
    var finishedBytes: Int { finished.bytes }
    var keptBytes: Int { servers.values.reduce(0) { $0 + $1.keptBytes } }

    /// The transaction of an INVITE that was not forgotten yet.
    func find(_ key: ServerKey) -> UInt64? { ids[key] }

    /// What the INVITE is about.
    func call(of id: UInt64) -> UInt64? { servers[id]?.call }

    mutating func open(_ key: ServerKey, on flow: Flow, call: UInt64, at now: Moment) -> UInt64 {
        lastID += 1
        let transaction = InviteServerTransaction(isReliable: flow.transport.isReliable, at: now.monotonic)
        servers[lastID] = InviteServer(key: key, flow: flow, call: call, transaction: transaction)
        ids[key] = lastID
        schedule(lastID)
        return lastID
    }

    /// - Returns: Whether it was the ACK of a 2xx, under the branch of its INVITE: that is end to end, and the dialog's
    ///   (RFC 6026 §7.1).
    @discardableResult
    mutating func feed(_ id: UInt64, _ input: InviteServerTransaction.Input, _ turn: inout Turn) -> Bool {
        guard var server = servers[id] else { return false }
        var steps: [InviteServerTransaction.Action] = []
        var isForDialog = false
        server.transaction.handle(input, at: turn.now.monotonic, into: &steps)
        servers[id] = server
        for step in steps {
            switch step {
            case .send(let bytes): turn.actions.append(.send(bytes, server.flow.id))
            case .acknowledged: isForDialog = true
            case .timedOut: break
            case .end:
                forget(id, server)
                finished.remove(id, on: server.flow.id)
            }
        }
        if case .answer(let answer) = input, answer.status >= 200 { finish(id, server) }
        schedule(id)
        return isForDialog
    }

    /// It has its final answer: what it still waits for, a repeat and an ACK, is worth only so much.
    private mutating func finish(_ id: UInt64, _ server: InviteServer) {
        guard let kept = servers[id]?.keptBytes else { return }
        let most = Limits.finishedServers
        // One that answers again is there once.
        finished.remove(id, on: server.flow.id)
        guard let old = finished.add(id, bytes: kept, on: server.flow.id, most: most) else { return }
        if let server = servers[old] { forget(old, server) }
    }

    private mutating func forget(_ id: UInt64, _ server: InviteServer) {
        servers[id] = nil
        ids[server.key] = nil
    }

    private mutating func schedule(_ id: UInt64) {
        guard let deadline = servers[id]?.transaction.deadline else { return }
        deadlines.insert(id, at: deadline)
    }

    mutating func wake(_ turn: inout Turn) {
        // What asks for a moment that has passed waits for the next turn, so that others are served in between.
        for _ in 0..<deadlines.count {
            guard let id = deadlines.popDue(at: turn.now.monotonic) else { return }
            guard let deadline = servers[id]?.transaction.deadline, deadline <= turn.now.monotonic else { continue }
            feed(id, .clock, &turn)
        }
    }

    /// Nothing can be answered over a connection that is gone.
    mutating func forget(on flow: FlowID) {
        for (id, server) in servers where server.flow.id == flow { forget(id, server) }
        finished.removeAll(on: flow)
    }
}
