// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// What a phone is told about its registration.
extension Registrar {
    /// The fields of a 200 to REGISTER (RFC 3261 §10.3 step 8).
    func writeBindings(
        of proof: Authenticated,
        to request: Message,
        isOutbound: Bool,
        at now: MonotonicTime,
        into writer: inout MessageWriter
    ) {
        let gruus = grantsGRUUs(request)
        for id in bindings.ids(of: proof.device.username) {
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

    /// The answer to a datagram that only keeps the way through a NAT open: a phone that is registered over it is told under
    /// which address we see it (RFC 5626 §8); anybody else hears nothing, because the answer is longer than the question.
    func answer(to keepAlive: KeepAlive, on flow: Flow) -> [UInt8]? {
        guard case .binding(let transaction) = keepAlive, bindings.isBound(flow.id) else { return nil }
        return transaction.success(seenAt: flow.remote)
    }
}
