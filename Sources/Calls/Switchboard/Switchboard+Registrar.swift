// SPDX-License-Identifier: Apache-2.0

import Guard
public import Model
public import Primitives
import SIP

/// What registrations mean for calls and watchers, and what those ask of the registrar.
extension Switchboard {
    mutating func register(_ request: Message, by proof: Authenticated) {
        let username = proof.device.username
        switch desk.registrar.register(request, by: proof, isInCall: callTable.isBusy(username), &desk.turn) {
        case .refused(let status, let hint):
            desk.respond(status, to: request, on: proof.flow) { hint.write(into: &$0) }
        case .bound(let changes):
            for flow in changes.unused where !isCarried(username, by: flow) { desk.turn.actions.append(.close(flow)) }
            callTable.takeCalls(of: proof, from: changes.former, &desk)
            if changes.isNewNetwork {
                let now = desk.now.monotonic
                desk.gate?.changed(proof.device.number, .network, at: now)
            }
            let fields = desk.registrar.fields(
                for: request,
                by: proof,
                isOutbound: changes.isOutbound,
                at: desk.now.monotonic
            )
            desk.respond(200, to: request, on: proof.flow) { fields.write(into: &$0) }
        }
    }

    /// Whether a call of a phone needs a connection.
    private func isCarried(_ username: String, by flow: FlowID) -> Bool {
        callTable.of(username).contains { callTable[$0]?.isCarried(by: flow) == true }
    }

    /// A connection is gone: its bindings die, what rang over it stops ringing, and a call over it waits for its phone. Most
    /// connections that end are strangers', and cost nothing, however many calls there are.
    public mutating func closed(_ flow: FlowID, _ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        guard let usernames = leave(flow) else { return }
        for username in usernames { callTable.takeCalls(of: username, from: flow, &desk) }
        desk.registrar.unbind(flow)
        forgetSubscriptions(on: flow)
        desk.transactions.forgetServers(on: flow)
        callTable.failClients(on: flow, &desk)
        callTable.forgetFarewells(on: flow)
        let calls = Set(usernames.flatMap { callTable.of($0) })
        for serial in calls.sorted() { callTable.lost(flow, of: serial, &desk) }
    }

    /// By what the calls of those are found who were reached over a connection; `nil` where nobody was.
    private mutating func leave(_ flow: FlowID) -> [String]? {
        let phones = desk.registrar.leave(flow)
        guard let trunk = desk.trunks.closed(flow, &desk.turn) else { return phones }
        return (phones ?? []) + [Party.key(of: trunk)]
    }

    // MARK: Whom a URI means, and who speaks

    /// Who speaks over a connection; `nil` where nobody has logged in.
    public func phone(on flow: FlowID) -> EventSubject? {
        desk.registrar.usernames(on: flow).first.flatMap { desk.snapshot.devices[$0] }.map(EventSubject.init)
    }

    /// How many phones are registered from an address, counted as one source: the /64 of an IPv6 address.
    public func phones(at source: IPAddress) -> Int {
        desk.registrar.bindings.count { $0.flow.remote.ip.accountable == source.accountable }
    }
}

extension Call {
    /// Whether somebody in it is reached over a connection.
    fileprivate func isCarried(by flow: FlowID) -> Bool {
        if (incoming?.flow ?? click?.leg?.flow)?.id == flow { return true }
        return switch phase {
        case .ringing(let ringing): ringing.branches.contains { $0.flow.id == flow && $0.status == nil }
        case .answering(let answering): answering.callee.leg?.flow?.id == flow
        case .talking(let conversation):
            !conversation.allSatisfy { $0.leg?.flow?.id != flow }
        case .refusing: false
        }
    }
}
