// SPDX-License-Identifier: Apache-2.0

import Admin
import Calls
import Guard
import Model
import Synchronization

/// Who is asked when a phone wants something changed by a code. Nobody before the administrator is there, and then it is refused.
final class FeatureDesk: Sendable {
    /// The administrator holds the server, which holds this.
    private struct Served { weak var administrator: Administrator? }

    private let served = Mutex(Served())

    func serve(by administrator: Administrator) { served.withLock { $0.administrator = administrator } }

    func ask(_ ask: FeatureAsk, _ ticket: Ticket, _ hop: SignallingHop) {
        let administrator = served.withLock { $0.administrator }
        Task {
            let refusal =
                if let administrator {
                    await administrator.carryOut(ask.request, by: ask.phone, from: .address(ask.source))
                } else {
                    CallRefusal(status: 503, control: nil, reason: "the system is just starting or stopping")
                }
            hop.tell { $0.changed(ticket, refusal) }
        }
    }
}
