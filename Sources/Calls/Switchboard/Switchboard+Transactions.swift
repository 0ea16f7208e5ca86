// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// What transactions pass up, and what is asked of them.
extension Switchboard {
    mutating func receiveResponse(_ response: Message, on flow: Flow, _ turn: inout Turn) {
        let (isKnown, event) = transactions.receive(response, on: flow, &turn)
        if !isKnown { counters.dropped += 1 }
        if let event { route(event, &turn) }
    }

    /// Hands on what a transaction passes up, and lets go of what is over after that.
    mutating func route(_ event: TransactionEvent, _ turn: inout Turn) {
        switch event {
        case .answered(let client, let key, let response, let status):
            deliver(response, status, of: client, key, &turn)
        case .timedOut(let client, let key): timedOut(client, key, &turn)
        case .overdue(let client, let key):
            cancel(key, &turn)
            failed(client, key, &turn)
        case .concluded(let client, _, let response): concluded(client, response, &turn)
        }
        transactions.settle(event)
    }

    /// A connection is gone, and with it every answer that was to come over it.
    ///
    /// - Parameter dialog: The only one whose phone left it; `nil` for all.
    mutating func failClients(on flow: FlowID, of dialog: DialogKey? = nil, _ turn: inout Turn) {
        let (invites, requests) = transactions.failClients(on: flow, of: dialog)
        for (key, client) in invites { failed(client, key, &turn) }
        for client in requests {
            if case .refresh(let dialog) = client.purpose { refreshLater(dialog, at: turn.now) }
        }
    }

    /// An INVITE of ours will not be answered any more.
    private mutating func failed(_ client: InviteClient, _ key: BranchKey, _ turn: inout Turn) {
        switch client.purpose {
        case .branch(let index, _): branchFailed(408, index, of: client.call, &turn)
        case .change: changeFailed(480, key, of: client.call, &turn)
        case .introduction(let dialog): updateLeg(of: dialog) { $0.isAsked = false }
        case .refresh(let dialog):
            updateLeg(of: dialog) { $0.isAsked = false }
            refreshLater(dialog, at: turn.now)
        }
    }

    /// Hands the outcome of a request of ours to whoever sent it.
    ///
    /// - Parameter response: The final one; `nil` when none came.
    private mutating func concluded(_ client: RequestClient, _ response: Message?, _ turn: inout Turn) {
        switch client.purpose {
        case .farewell: break
        case .acknowledgement(let call, let branch): earlyCalls[call]?.phones[branch]?.pracks -= 1
        case .goodbye(let key): leaving[key] = nil
        case .probe(let dialog): probed(dialog, response?.status, &turn)
        case .refresh(let dialog): refreshed(dialog, response, &turn)
        case .notification(let id): notified(id, status: response?.status, &turn)
        }
    }

    // MARK: What calls and watchers ask

    mutating func start(
        _ key: BranchKey,
        _ request: Message,
        purpose: InviteClient.Purpose,
        call: UInt64,
        over flow: Flow,
        _ turn: inout Turn
    ) {
        transactions.start(key, request, purpose: purpose, call: call, over: flow, &turn)
    }

    /// Sends a request other than INVITE.
    mutating func start(
        _ key: BranchKey,
        _ method: Method,
        _ bytes: [UInt8],
        purpose: RequestClient.Purpose,
        over flow: Flow,
        _ turn: inout Turn
    ) {
        transactions.start(key, method, bytes, purpose: purpose, over: flow, &turn)
    }

    mutating func answer(_ id: UInt64, _ status: Int, _ bytes: [UInt8], _ turn: inout Turn) {
        transactions.answer(id, Answer(status: status, bytes: bytes), &turn)
    }

    /// Takes an INVITE of ours back.
    mutating func cancel(_ key: BranchKey, because reason: StaticString? = nil, _ turn: inout Turn) {
        transactions.cancel(key, because: reason, &turn)
    }

    /// Our own Via.
    func writeVia(_ key: BranchKey, over flow: Flow, into writer: inout MessageWriter) {
        settings.writeVia(key, over: flow, into: &writer)
    }
}
