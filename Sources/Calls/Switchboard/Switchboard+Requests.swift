// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// What is done with a request, in the order of RFC 3261 §8.2, with authentication before anything that could tell a
/// stranger something (row U401).
extension Switchboard {
    mutating func receiveRequest(_ request: Message, on flow: Flow) {
        if let client = request.first(.userAgent), ScannerSignatures.matches(userAgent: request.bytes(client)) {
            desk.counters.dropped += 1
            desk.turn.report(.scanner, request, flow)
            return
        }
        if desk.transactions.absorb(request, on: flow, &desk.turn) { return }
        if request.method == .cancel {
            callTable.cancel(request, on: flow, &desk)
        } else if let address = try? request.to(), address.tag != nil, request.method != .register {
            if receiveInSubscription(request, on: flow) { return }
            callTable.receiveInDialog(request, on: flow, &desk)
        } else if request.method != .ack {
            receiveOutOfDialog(request, on: flow)
        }
    }

    private mutating func receiveOutOfDialog(_ request: Message, on flow: Flow) {
        if let trunk = desk.trunks.trunk(of: flow, at: desk.now) {
            desk.trunks.letIn(trunk, on: flow)
            receive(request, from: trunk, on: flow)
            return
        }
        let isForUs = desk.isForUs(request, on: flow)
        guard isForUs || flow.transport.isReliable else {
            // Row S02: a name that is not ours is no reason to talk to somebody whose address may be forged.
            desk.counters.dropped += 1
            return
        }
        guard let proof = desk.authenticate(request, on: flow) else { return }
        if let status = isForUs ? desk.refusalOfRoute(request, on: flow) : 404 {
            desk.respond(status, to: request, on: flow)
            return
        }
        guard !desk.refuseExtensions(request, on: flow),
            !desk.refuseHops(of: request, on: flow)
        else { return }
        switch request.method {
        case .register: register(request, by: proof)
        case .invite: callTable.invite(request, by: proof, &desk)
        case .options: desk.respond(200, to: request, on: flow, desk.writeCapabilities)
        case .subscribe: subscribe(request, by: proof)
        // Row S17: we subscribe to nothing, so nobody has anything to tell us. Nor does a BYE end anything here (§15.1.2).
        case .notify, .bye: desk.respond(481, to: request, on: flow)
        case .message: message(request, by: proof)
        case .ack, .cancel: break
        // Row S23: nobody makes us call by a click somewhere else.
        case .refer: desk.respond(403, to: request, on: flow)
        case .info, .prack, .update, .publish: desk.refuseMethod(of: request, on: flow)
        case .other, nil:
            desk.respond(501, to: request, on: flow, desk.writeCapabilities)
        }
    }

    /// What a provider asks outside of a dialog: it brings calls, and asks whether we are there.
    private mutating func receive(_ request: Message, from trunk: TrunkName, on flow: Flow) {
        guard !desk.refuseExtensions(request, on: flow), !desk.refuseHops(of: request, on: flow) else { return }
        switch request.method {
        case .invite: callTable.invite(request, from: trunk, on: flow, &desk)
        case .options: desk.respond(200, to: request, on: flow, desk.writeCapabilities)
        case .notify, .bye: desk.respond(481, to: request, on: flow)
        case .ack, .cancel: break
        // Rows T06 and C11: no registration, message, subscription or transfer comes from outside.
        case .register: refuse(.registration, request, on: flow)
        case .subscribe: refuse(.subscription, request, on: flow)
        case .message: refuse(.message, request, on: flow)
        case .refer: refuse(.transfer, request, on: flow)
        case .publish: refuse(.publication, request, on: flow)
        case .info, .prack, .update: desk.refuseMethod(of: request, on: flow)
        case .other, nil: desk.respond(501, to: request, on: flow, desk.writeCapabilities)
        }
    }

    private mutating func refuse(_ asked: DialInRules.Asked, _ request: Message, on flow: Flow) {
        desk.respond(DialInRules.refusal(of: asked).status, to: request, on: flow)
    }
}
