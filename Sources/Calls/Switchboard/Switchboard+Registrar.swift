// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
public import Primitives
import SIP

/// What registrations mean for calls and watchers, and what those ask of the registrar.
extension Switchboard {
    mutating func register(_ request: Message, by proof: Authenticated, _ turn: inout Turn) {
        let username = proof.device.username
        switch registrar.register(request, by: proof, isInCall: callsOf[username] != nil, &turn) {
        case .refused(let status, let hint):
            respond(status, to: request, on: proof.flow, &turn) { hint.write(into: &$0) }
        case .bound(let changes):
            for flow in changes.unused where !isCarried(username, by: flow) { turn.actions.append(.close(flow)) }
            takeCalls(of: proof, from: changes.former, &turn)
            let now = turn.now.monotonic
            let bytes = response(200, to: request, on: proof.flow, tag: entropy.tag()) { writer in
                registrar.writeBindings(
                    of: proof,
                    to: request,
                    isOutbound: changes.isOutbound,
                    at: now,
                    into: &writer
                )
            }
            send(200, bytes, answering: request, on: proof.flow, &turn)
        }
    }

    /// Whether a call of a phone needs a connection.
    private func isCarried(_ username: String, by flow: FlowID) -> Bool {
        callsOf[username, default: []].contains { callsBySerial[$0]?.isCarried(by: flow) == true }
    }

    /// A connection is gone: its bindings die, what rang over it stops ringing, and a call over it waits for its phone. Most
    /// connections that end are strangers', and cost nothing, however many calls there are.
    public mutating func closed(_ flow: FlowID, _ turn: inout Turn) {
        guard let usernames = registrar.leave(flow) else { return }
        for username in usernames { takeCalls(of: username, from: flow, &turn) }
        registrar.unbind(flow)
        forgetSubscriptions(on: flow)
        transactions.forgetServers(on: flow)
        failClients(on: flow, &turn)
        forgetFarewells(on: flow)
        let calls = Set(usernames.flatMap { callsOf[$0, default: []] })
        for serial in calls.sorted() { lost(flow, of: serial, &turn) }
        endTurn(&turn)
    }

    // MARK: Whom a URI means, and who speaks

    func isServed(_ host: ArraySlice<UInt8>, on flow: Flow) -> Bool { registrar.isServed(host, on: flow) }
    func addressee(of request: Message) -> Addressee { registrar.addressee(of: request) }
    func addressee(_ uri: SIPURI, in bytes: Span<UInt8>) -> Addressee { registrar.addressee(uri, in: bytes) }
    func address(of dialog: Dialog, over flow: Flow) -> [UInt8]? { registrar.address(of: dialog, over: flow) }
    func contact(over flow: Flow) -> String { registrar.contact(over: flow) }

    func writeContact(over flow: Flow, into writer: inout MessageWriter) {
        writer.field(.contact, registrar.contact(over: flow))
    }

    /// Who speaks over a connection, for people; `nil` where nobody has logged in.
    public func phone(on flow: FlowID) -> String? {
        registrar.usernames(on: flow).first.flatMap { snapshot.devices[$0]?.title }
    }

    /// The user name that showed its credential last over a connection; `nil` where none has.
    public func login(on flow: FlowID) -> String? { registrar.login(on: flow) }

    /// How many phones are registered from an address, counted as one source: the /64 of an IPv6 address.
    public func phones(at source: IPAddress) -> Int {
        registrar.bindings.count { $0.flow.remote.ip.accountable == source.accountable }
    }
}

extension Call {
    /// Whether somebody in it is reached over a connection.
    fileprivate func isCarried(by flow: FlowID) -> Bool {
        if incoming?.flow.id == flow { return true }
        return switch phase {
        case .ringing(let ringing): ringing.branches.contains { $0.flow.id == flow && $0.status == nil }
        case .answering(let answering): answering.callee.leg?.flow?.id == flow
        case .talking(let conversation):
            conversation.endpoints.contains { $0.leg?.flow?.id == flow }
        case .refusing: false
        }
    }
}
