// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// What is done with a request, in the order of RFC 3261 §8.2, with authentication before anything that could tell a
/// stranger something (row U401).
extension Switchboard {
    /// What a phone may ask for today.
    static let allowed = "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, UPDATE, PRACK, REFER, SUBSCRIBE, NOTIFY, MESSAGE"
    /// What we say that we can do, in INVITEs and their answers.
    static let supported = "timer, replaces, norefersub"

    mutating func receiveRequest(_ request: Message, on flow: Flow, _ turn: inout Turn) {
        if let client = request.first(.userAgent), ScannerSignatures.matches(userAgent: request.bytes(client)) {
            counters.dropped += 1
            report(.scanner, .intrusionDetection, request, flow, &turn)
            return
        }
        if transactions.absorb(request, on: flow, &turn) { return }
        if request.method == .cancel {
            cancel(request, on: flow, &turn)
        } else if let address = try? request.to(), address.tag != nil, request.method != .register {
            if receiveInSubscription(request, on: flow, &turn) { return }
            receiveInDialog(request, on: flow, &turn)
        } else if request.method != .ack {
            receiveOutOfDialog(request, on: flow, &turn)
        }
    }

    private mutating func receiveOutOfDialog(_ request: Message, on flow: Flow, _ turn: inout Turn) {
        let isForUs = isForUs(request, on: flow)
        guard isForUs || flow.transport.isReliable else {
            // Row S02: a name that is not ours is no reason to talk to somebody whose address may be forged.
            counters.dropped += 1
            return
        }
        guard let proof = authenticate(request, on: flow, &turn) else { return }
        if let status = isForUs ? refusalOfRoute(request, on: flow) : 404 {
            respond(status, to: request, on: flow, &turn)
            return
        }
        guard !refuseExtensions(request, on: flow, &turn),
            !refuseHops(of: request, on: flow, &turn)
        else { return }
        switch request.method {
        case .register: register(request, by: proof, &turn)
        case .invite: invite(request, by: proof, &turn)
        case .options: respond(200, to: request, on: flow, &turn, writeCapabilities)
        case .subscribe: subscribe(request, by: proof, &turn)
        // Row S17: we subscribe to nothing, so nobody has anything to tell us.
        case .notify: respond(481, to: request, on: flow, &turn)
        case .message: message(request, by: proof, &turn)
        case .ack, .bye, .cancel: break
        // Row S23: nobody makes us call by a click somewhere else.
        case .refer: respond(403, to: request, on: flow, &turn)
        case .info, .prack, .update, .publish:
            respond(405, to: request, on: flow, &turn, writeCapabilities)
        case .other, nil:
            respond(501, to: request, on: flow, &turn, writeCapabilities)
        }
    }

    /// The only door to an ``Authenticated``. Sends the challenge itself when there is no proof yet.
    mutating func authenticate(_ request: Message, on flow: Flow, _ turn: inout Turn) -> Authenticated? {
        switch registrar.authenticate(request, on: flow, &turn) {
        case .proven(let proof): return proof
        case .challenge(let challenge, let doubt):
            counters.challenges += 1
            respond(401, to: request, on: flow, &turn) { challenge.write(into: &$0) }
            registrar.note(doubt, request, on: flow, &turn)
        case .unreadable(let error): respond(error.status, to: request, on: flow, &turn)
        }
        return nil
    }

    /// §8.2.2.3: an extension that somebody requires and we do not know is refused by name.
    mutating func refuseExtensions(_ request: Message, on flow: Flow, _ turn: inout Turn) -> Bool {
        guard request.count(.require) > 0 else { return false }
        let required = request.options(.require).filter { !Self.isKnown($0, for: request.method) }
        guard !required.isEmpty else { return false }
        respond(420, to: request, on: flow, &turn) {
            $0.field(.unsupported, required.joined(separator: ", "))
        }
        return true
    }

    private static func isKnown(_ option: String, for method: Method?) -> Bool {
        switch option.lowercased() {
        case "timer": method == .invite || method == .update
        case "outbound", "gruu": method == .register
        case "100rel", "replaces": method == .invite
        case "norefersub": method == .refer
        default: false
        }
    }

    func writeCapabilities(_ writer: inout MessageWriter) {
        writer.field(.allow, Self.allowed)
        writer.field(.accept, Self.accepted)
        writer.field(.allowEvents, EventPackage.all)
    }
}
