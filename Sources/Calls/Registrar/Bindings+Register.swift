// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// What a REGISTER changes.
extension Bindings {
    mutating func carryOut(
        _ changes: [ContactChange],
        _ facts: RegisterFacts,
        _ request: Message,
        by proof: Authenticated,
        spreadBy entropy: Entropy
    ) {
        for change in changes {
            guard change.seconds > 0 else {
                if let known = change.known { remove(known) }
                continue
            }
            let id: UInt64
            if let known = change.known {
                id = known
                refresh(known, proof: proof, seconds: change.seconds, request: facts)
            } else {
                id = bind(change, facts, request, by: proof, spreadBy: entropy)
            }
            guard let instance = change.outbound.instance else { continue }
            name(
                id,
                contact: request.bytes(change.contact),
                instance: request.bytes(instance),
                flowNumber: change.outbound.number
            )
        }
    }

    private mutating func bind(
        _ change: ContactChange,
        _ facts: RegisterFacts,
        _ request: Message,
        by proof: Authenticated,
        spreadBy entropy: Entropy
    ) -> UInt64 {
        let contact = request.bytes(change.contact)
        let clientName = request.first(.userAgent).map { printable(request, $0) } ?? ""
        // The same contact twice in one request is one binding.
        let id =
            find(proof.device.username, contact: contact, isNumbered: change.outbound.number != nil)
            ?? bind(proof, contact: contact, facts, userAgent: clientName)
        let seconds = RegistrationRules.spread(change.seconds, entropy.next())
        refresh(id, proof: proof, seconds: seconds, request: facts)
        schedule(id)
        return id
    }
}
