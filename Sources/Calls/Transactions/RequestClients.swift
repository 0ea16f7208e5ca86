// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// Requests of ours other than INVITE on their way (RFC 3261 §17.1.2): how they are sent, repeated, answered and given up.
struct RequestClients: Sendable {
    private var clients: [BranchKey: RequestClient] = [:]
    private var deadlines = DeadlineQueue<BranchKey>()

    var count: Int { clients.count }
    var nextDeadline: MonotonicTime? { deadlines.next }
    var keptBytes: Int { clients.values.reduce(0) { $0 + $1.keptBytes } }

    /// Row S19: an answer counts only on the flow that its request went out on.
    func waits(_ key: BranchKey, for method: Method, on flow: Flow) -> Bool {
        guard let client = clients[key] else { return false }
        return client.flow.id == flow.id && client.method == method
    }

    mutating func start(
        _ key: BranchKey,
        _ method: Method,
        _ bytes: [UInt8],
        purpose: RequestClient.Purpose,
        over flow: Flow,
        _ turn: inout Turn
    ) {
        let transaction = NonInviteClientTransaction(
            request: bytes,
            isReliable: flow.transport.isReliable,
            at: turn.now.monotonic
        )
        clients[key] = RequestClient(purpose: purpose, method: method, flow: flow, transaction: transaction)
        turn.actions.append(.send(bytes, flow.id))
        schedule(key)
    }

    mutating func receive(_ response: Message, _ status: Int, _ key: BranchKey, _ turn: inout Turn) -> TransactionEvent?
    {
        feed(.response(status: status), key, response, &turn)
    }

    mutating func wake(_ turn: inout Turn) -> [TransactionEvent] {
        var events: [TransactionEvent] = []
        for _ in 0..<deadlines.count {
            guard let key = deadlines.popDue(at: turn.now.monotonic) else { break }
            guard let deadline = clients[key]?.transaction.deadline, deadline <= turn.now.monotonic else { continue }
            if let event = feed(.clock, key, nil, &turn) { events.append(event) }
        }
        return events
    }

    /// What was passed up of it has been dealt with.
    mutating func settle(_ key: BranchKey) {
        if clients[key]?.isOver == true { clients[key] = nil }
    }

    /// A connection is gone, and with it every answer that was to come over it.
    ///
    /// - Parameter dialog: The only one whose phone left it; `nil` for all.
    mutating func fail(on flow: FlowID, of dialog: DialogKey?) -> [RequestClient] {
        let failed = clients.filter { $1.flow.id == flow && (dialog == nil || $1.purpose.dialog == dialog) }
        for key in failed.keys { clients[key] = nil }
        return Array(failed.values)
    }

    /// - Returns: What is to be passed up: a final response, or that none will come.
    private mutating func feed(
        _ input: NonInviteClientTransaction.Input,
        _ key: BranchKey,
        _ response: Message?,
        _ turn: inout Turn
    ) -> TransactionEvent? {
        guard var client = clients[key] else { return nil }
        var steps: [NonInviteClientTransaction.Action] = []
        client.transaction.handle(input, at: turn.now.monotonic, into: &steps)
        clients[key] = client
        var event: TransactionEvent?
        for step in steps {
            switch step {
            case .send(let bytes): turn.actions.append(.send(bytes, client.flow.id))
            case .deliver:
                if let response, response.status ?? 0 >= 200 { event = .concluded(client, key, response) }
            case .timedOut: event = .concluded(client, key, nil)
            case .end: if event == nil { clients[key] = nil } else { clients[key]?.isOver = true }
            }
        }
        schedule(key)
        return event
    }

    private mutating func schedule(_ key: BranchKey) {
        guard let deadline = clients[key]?.transaction.deadline else { return }
        deadlines.insert(key, at: deadline)
    }
}
