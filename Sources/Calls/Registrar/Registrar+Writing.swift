// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// What a phone is told about its registration.
extension Registrar {
    func fields(
        for request: Message,
        by proof: Authenticated,
        isOutbound: Bool,
        at now: MonotonicTime
    ) -> RegistrationFields {
        RegistrationFields(
            bindings: bindings,
            username: proof.device.username,
            gruus: grantsGRUUs(request),
            isOutbound: isOutbound,
            now: now
        )
    }

    /// The answer to a datagram that only keeps the way through a NAT open: a phone that is registered over it is told under
    /// which address we see it (RFC 5626 §8); anybody else hears nothing, because the answer is longer than the question.
    func answer(to keepAlive: KeepAlive, on flow: Flow) -> [UInt8]? {
        guard case .binding(let transaction) = keepAlive, bindings.isBound(flow.id) else { return nil }
        return transaction.success(seenAt: flow.remote)
    }
}
