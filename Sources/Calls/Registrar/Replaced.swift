// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// What becomes of a phone's older contacts when it registers one more than it may have.
extension Switchboard {
    /// Lets go of the contacts that were refreshed longest ago. Who proves the password says where the phone is now, so the
    /// latest word counts (RFC 3261 §10.3): a phone that makes up a new contact each time it starts stays reachable.
    mutating func letGo(ofSurplus proof: Authenticated, _ request: Message, _ turn: inout Turn) {
        let (username, most) = (proof.device.username, RegistrationRules.maximumContacts)
        guard bindings.countOf(username) > most else { return }
        while bindings.countOf(username) > most, let stalest = bindings.stalest(of: username) {
            guard let former = bindings.remove(stalest) else { break }
            closeIfSilent(former.flow, of: username, except: proof.flow, &turn)
        }
        report(
            .bindingLimit,
            .intrusionDetection,
            request,
            proof.flow,
            subject: proof.device.title,
            detail: "more than \(most) contacts of one phone; the one that was refreshed longest ago was let go",
            &turn
        )
    }

    /// A connection that a contact was the only use of is of none any more.
    private func closeIfSilent(_ flow: Flow, of username: String, except kept: Flow, _ turn: inout Turn) {
        guard flow.id != kept.id, flow.transport.isReliable, !bindings.isBound(flow.id),
            !callsOf[username, default: []].contains(where: { callsBySerial[$0]?.isCarried(by: flow.id) == true })
        else { return }
        turn.actions.append(.close(flow.id))
    }
}

extension Call {
    /// Whether somebody in it is reached over a connection.
    fileprivate func isCarried(by flow: FlowID) -> Bool {
        if incoming?.flow.id == flow { return true }
        return switch phase {
        case .ringing(let ringing): ringing.branches.contains { $0.flow.id == flow && $0.status == nil }
        case .answering(let answering): answering.callee.flow?.id == flow
        case .talking(let conversation):
            conversation.caller.flow?.id == flow || conversation.callee.flow?.id == flow
        case .refusing: false
        }
    }
}
