// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// What ties a repeat, an ACK or a CANCEL to its request (RFC 3261 §17.2.3). The flow is part of it, so a request of
/// somebody else never matches, whatever branch it copies.
struct ServerKey: Hashable, Sendable {
    let flow: FlowID
    private let branch: [UInt8]
    private let isInvite: Bool

    var keptBytes: Int { branch.count }

    /// - Parameter method: The method to look for, where it is not the request's own: a CANCEL looks for its INVITE.
    init?(_ request: Message, on flow: Flow, as method: Method? = nil) {
        guard let via = try? request.topVia(), let branch = via.branch else { return nil }
        // RFC 3261 §8.1.1.7 has no limit; nobody makes a name this long to tell transactions apart.
        guard branch.count <= Limits.branchBytes else { return nil }
        self.flow = flow.id
        self.branch = Array(request.bytes(branch))
        switch method ?? request.method {
        case .invite, .ack: isInvite = true
        case .bye, .cancel, .register, .options, .info, .prack, .update, .refer, .subscribe, .notify, .message,
            .publish, .other, nil:
            isInvite = false
        }
    }
}

/// An INVITE that we answer, and the call it is about.
struct InviteServer: Sendable {
    let key: ServerKey
    let flow: Flow
    let call: UInt64
    var transaction: InviteServerTransaction

    var keptBytes: Int { key.keptBytes + transaction.keptBytes }
}

extension Switchboard {
    /// Hands a request to the transaction it repeats or acknowledges.
    ///
    /// - Returns: Whether there was one, so that nothing is left to do.
    mutating func absorb(_ request: Message, on flow: Flow, _ turn: inout Turn) -> Bool {
        let isInvite = request.method == .invite || request.method == .ack
        // What a connection delivers once needs no search, and a phone's registration is delivered once.
        guard isInvite || !flow.transport.isReliable, request.method != .cancel,
            let key = ServerKey(request, on: flow)
        else { return false }
        if isInvite, let id = inviteServerIDs[key] {
            return !feed(id, request.method == .ack ? .ack : .repeated, &turn)
        }
        guard !isInvite, absorbers[key] != nil else { return false }
        feedAbsorber(key, .repeated, &turn)
        return true
    }

    mutating func openInviteServer(_ key: ServerKey, on flow: Flow, call: UInt64, at now: Moment) -> UInt64 {
        let id = nextSerial()
        let transaction = InviteServerTransaction(isReliable: flow.transport.isReliable, at: now.monotonic)
        inviteServers[id] = InviteServer(key: key, flow: flow, call: call, transaction: transaction)
        inviteServerIDs[key] = id
        scheduleInviteServer(id)
        return id
    }

    /// Nothing can be answered over a connection that is gone.
    mutating func forgetServers(on flow: FlowID) {
        for (id, server) in inviteServers where server.flow.id == flow {
            inviteServers[id] = nil
            inviteServerIDs[server.key] = nil
        }
        finishedServers.removeAll(on: flow)
        for key in absorbers.keys where key.flow == flow { absorbers[key] = nil }
        finishedAbsorbers.removeAll(on: flow)
    }

    mutating func answer(_ id: UInt64, _ status: Int, _ bytes: [UInt8], _ turn: inout Turn) {
        feed(id, .answer(Answer(status: status, bytes: bytes)), &turn)
    }

    /// - Returns: Whether it was the ACK of a 2xx, under the branch of its INVITE: that is end to end, and the dialog's
    ///   (RFC 6026 §7.1).
    @discardableResult
    private mutating func feed(_ id: UInt64, _ input: InviteServerTransaction.Input, _ turn: inout Turn) -> Bool {
        guard var server = inviteServers[id] else { return false }
        var steps: [InviteServerTransaction.Action] = []
        var isForDialog = false
        server.transaction.handle(input, at: turn.now.monotonic, into: &steps)
        inviteServers[id] = server
        for step in steps {
            switch step {
            case .send(let bytes): turn.actions.append(.send(bytes, server.flow.id))
            case .acknowledged: isForDialog = true
            case .timedOut: break
            case .end:
                forget(id, server)
                finishedServers.remove(id, on: server.flow.id)
            }
        }
        if case .answer(let answer) = input, answer.status >= 200 { finish(id, server) }
        scheduleInviteServer(id)
        return isForDialog
    }

    /// A transaction has its final answer: what it still waits for, a repeat and an ACK, is worth only so much.
    private mutating func finish(_ id: UInt64, _ server: InviteServer) {
        guard let kept = inviteServers[id]?.keptBytes else { return }
        let most = Limits.finishedServers
        for old in finishedServers.add(id, bytes: kept, on: server.flow.id, most: most) {
            if let server = inviteServers[old] { forget(old, server) }
        }
    }

    private mutating func forget(_ id: UInt64, _ server: InviteServer) {
        inviteServers[id] = nil
        inviteServerIDs[server.key] = nil
    }

    private mutating func scheduleInviteServer(_ id: UInt64) {
        guard let deadline = inviteServers[id]?.transaction.deadline else { return }
        deadlines.insert(.inviteServer(id), at: deadline)
    }

    mutating func wakeInviteServer(_ id: UInt64, _ turn: inout Turn) {
        guard let deadline = inviteServers[id]?.transaction.deadline, deadline <= turn.now.monotonic else { return }
        feed(id, .clock, &turn)
    }

    // MARK: Everything but INVITE, over UDP

    /// Absorbs the repeats of a request that is answered later.
    mutating func expect(_ request: Message, on flow: Flow, at now: Moment) {
        guard !flow.transport.isReliable, let key = ServerKey(request, on: flow) else { return }
        let transaction = NonInviteServerTransaction(isReliable: false, at: now.monotonic)
        absorbers[key] = transaction
        if let deadline = transaction.deadline { deadlines.insert(.absorber(key), at: deadline) }
    }

    /// Remembers an answer for as long as its request can be repeated.
    mutating func keep(_ answer: Answer, for key: ServerKey, at now: Moment) {
        var transaction = absorbers[key] ?? NonInviteServerTransaction(isReliable: false, at: now.monotonic)
        var steps: [NonInviteServerTransaction.Action] = []
        transaction.handle(.answer(answer), at: now.monotonic, into: &steps)
        absorbers[key] = transaction
        if let deadline = transaction.deadline { deadlines.insert(.absorber(key), at: deadline) }
        let (kept, most) = (key.keptBytes + transaction.keptBytes, Limits.absorbers)
        for old in finishedAbsorbers.add(key, bytes: kept, on: key.flow, most: most) { absorbers[old] = nil }
    }

    private mutating func feedAbsorber(
        _ key: ServerKey,
        _ input: NonInviteServerTransaction.Input,
        _ turn: inout Turn
    ) {
        guard var transaction = absorbers[key] else { return }
        var steps: [NonInviteServerTransaction.Action] = []
        transaction.handle(input, at: turn.now.monotonic, into: &steps)
        absorbers[key] = transaction
        for step in steps {
            switch step {
            case .send(let bytes): turn.actions.append(.send(bytes, key.flow))
            case .timedOut: break
            case .end:
                absorbers[key] = nil
                finishedAbsorbers.remove(key, on: key.flow)
            }
        }
    }

    mutating func wakeAbsorber(_ key: ServerKey, _ turn: inout Turn) {
        feedAbsorber(key, .clock, &turn)
    }
}
