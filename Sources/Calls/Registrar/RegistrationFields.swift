// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// What a 200 to REGISTER tells a phone about its contacts (RFC 3261 §10.3 step 8).
struct RegistrationFields {
    let bindings: Bindings
    let username: String
    /// `nil` for a phone that does not know GRUUs.
    let gruus: GRUUGrant?
    /// Whether the phone keeps flows alive.
    let isOutbound: Bool
    let now: MonotonicTime

    func write(into writer: inout MessageWriter) {
        for id in bindings.ids(of: username) {
            bindings.look(at: id) { binding in
                writer.field(.contact) { value in
                    binding.write(at: now, into: &value)
                    gruus?.write(of: binding, into: &value)
                }
            }
        }
        guard isOutbound else { return }
        // RFC 5626 §6: flows are kept, and how often to prove them alive (§5.4).
        writer.field(.require, "outbound")
        writer.field(named: "Flow-Timer", "\(Limits.flowTimer)".utf8)
    }
}
