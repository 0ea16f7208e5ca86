// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// What is known of a connection over which a phone showed a valid credential. Nothing is kept for any other.
struct PhoneFlow: Sendable {
    /// The user names that logged in over it, most often one.
    private(set) var usernames: [String]
    /// The name of ours that the phone knows us by, from its Route.
    var host: String?
    /// Whether it asks for `sips` URIs (RFC 5630).
    var isForSIPS = false

    init(username: String) {
        usernames = [username]
    }

    mutating func add(_ username: String) {
        if !usernames.contains(username) { usernames.append(username) }
    }
}

extension Switchboard {
    /// Remembers who logged in over a connection. A datagram's flow has no end at which it could be forgotten.
    mutating func remember(_ proof: Authenticated, in request: Message) {
        let flow = proof.flow
        guard flow.transport.isReliable else { return }
        phones[flow.id, default: PhoneFlow(username: proof.device.username)].add(proof.device.username)
        if flow.transport.isEncrypted, request.bytes(request.requestURI).starts(with: "sips:".utf8) {
            phones[flow.id]?.isForSIPS = true
        }
        guard request.count(.route) > 0, phones[flow.id]?.host == nil,
            let host = (try? request.routes())?.first?.uri?.host, isServed(request.bytes(host), on: flow)
        else { return }
        phones[flow.id]?.host = request.string(host)
    }

    /// A connection is gone: its bindings die, what rang over it stops ringing, and a call over it waits for its phone. Most
    /// connections that end are strangers', and cost nothing, however many calls there are.
    public mutating func closed(_ flow: FlowID, at now: Moment, into actions: inout [Action]) {
        failures[flow] = nil
        guard let phone = phones.removeValue(forKey: flow) else { return }
        for binding in bindings.on(flow) { bindings.remove(binding.id) }
        for id in subscriptions.on(flow) { forgetSubscription(id) }
        forgetServers(on: flow)
        failClients(on: flow, at: now, into: &actions)
        forgetFarewells(on: flow)
        let calls = Set(phone.usernames.flatMap { callsOf[$0, default: []] })
        for serial in calls.sorted() { lost(flow, of: serial, at: now, into: &actions) }
        tellWatchers(at: now, into: &actions)
    }
}
