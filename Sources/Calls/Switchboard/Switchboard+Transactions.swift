// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// What transactions pass up.
extension Switchboard {
    mutating func receiveResponse(_ response: Message, on flow: Flow) {
        let (isKnown, event) = desk.transactions.receive(response, on: flow, &desk.turn)
        if !isKnown { desk.counters.dropped += 1 }
        if let event { route(event) }
    }

    /// Hands on what a transaction passes up, and lets go of what is over after that.
    mutating func route(_ event: TransactionEvent) {
        switch event {
        case .answered(let client, let key, let response, let status):
            callTable.deliver(response, status, of: client, key, &desk)
        case .timedOut(let client, let key): callTable.timedOut(client, key, &desk)
        case .overdue(let client, let key):
            desk.cancel(key)
            callTable.failed(client, key, &desk)
        case .concluded(let client, _, let response): concluded(client, response)
        }
        desk.transactions.settle(event)
    }

    /// Hands the outcome of a request of ours to whoever sent it.
    ///
    /// - Parameter response: The final one; `nil` when none came.
    private mutating func concluded(_ client: RequestClient, _ response: Message?) {
        switch client.purpose {
        case .notification(let id): notified(id, status: response?.status)
        case .registration(let serial): desk.trunks.registered(serial, response, &desk.turn)
        case .health(let serial): desk.trunks.checked(serial, response, &desk.turn)
        case .farewell, .acknowledgement, .goodbye, .probe, .refresh: callTable.concluded(client, response, &desk)
        }
    }
}
