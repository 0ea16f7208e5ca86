// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// What is known of a connection over which a phone showed a valid credential. Nothing is kept for any other.
struct PhoneFlow: Sendable {
    /// The user names that logged in over it, most often one.
    private(set) var usernames: [String] = []
    /// Which of them did last.
    private var latest = 0
    /// The name of ours that the phone knows us by, from its Route.
    var host: String?
    /// Whether it asks for `sips` URIs (RFC 5630).
    var isForSIPS = false
    /// When the present minute of messages with odd fields began, and how many there were.
    private var oddSince: MonotonicTime?
    private var oddMessages = 0

    /// Counts a message with odd fields.
    ///
    /// - Returns: Whether the phone may go on.
    mutating func mayBeOdd(at now: MonotonicTime) -> Bool {
        if oddSince.map({ $0 + .seconds(60) <= now }) ?? true { (oddSince, oddMessages) = (now, 0) }
        oddMessages += 1
        return oddMessages <= Limits.oddMessages
    }

    /// - Returns: Whether it was not there yet.
    mutating func add(_ username: String) -> Bool {
        if let place = usernames.firstIndex(of: username) {
            latest = place
            return false
        }
        latest = usernames.count
        usernames.append(username)
        return true
    }

    /// The user name that logged in last.
    var login: String? { usernames.isEmpty ? nil : usernames[latest] }
}

extension Switchboard {
    /// Remembers who logged in over a connection. A datagram's flow has no end at which it could be forgotten.
    mutating func remember(_ proof: Authenticated, in request: Message, _ turn: inout Turn) {
        let flow = proof.flow
        guard flow.transport.isReliable else { return }
        if phones[flow.id, default: PhoneFlow()].add(proof.device.username) {
            makeRoom(for: proof, request, &turn)
        }
        if flow.transport.isEncrypted, request.bytes(request.requestURI).starts(with: "sips:".utf8) {
            phones[flow.id]?.isForSIPS = true
        }
        guard request.count(.route) > 0, phones[flow.id]?.host == nil,
            let host = (try? request.routes())?.first?.uri?.host, isServed(request.bytes(host), on: flow)
        else { return }
        phones[flow.id]?.host = request.string(host)
    }

    /// A login has so many connections at once: each may say as much as a phone may. When there is one more, the oldest over
    /// which nothing is registered goes, or else the oldest.
    private mutating func makeRoom(for proof: Authenticated, _ request: Message, _ turn: inout Turn) {
        connections[proof.device.username, default: []].append(proof.flow.id)
        guard let all = connections[proof.device.username], all.count > Limits.connectionsPerDevice,
            let oldest = all.first(where: { bindings.on($0).isEmpty && $0 != proof.flow.id }) ?? all.first
        else { return }
        turn.actions.append(.close(oldest))
        report(
            .accountLimit,
            .floodProtection,
            request,
            proof.flow,
            subject: proof.device.title,
            detail: "more than \(Limits.connectionsPerDevice) connections of one phone; the oldest was closed",
            &turn
        )
    }

    /// Who speaks over a connection, for people; `nil` where nobody has logged in.
    public func phone(on flow: FlowID) -> String? {
        phones[flow]?.usernames.first.flatMap { snapshot.devices[$0]?.title }
    }

    /// The user name that showed its credential last over a connection; `nil` where none has.
    public func login(on flow: FlowID) -> String? { phones[flow]?.login }

    /// A connection is gone: its bindings die, what rang over it stops ringing, and a call over it waits for its phone. Most
    /// connections that end are strangers', and cost nothing, however many calls there are.
    public mutating func closed(_ flow: FlowID, _ turn: inout Turn) {
        failures[flow] = nil
        guard let phone = phones.removeValue(forKey: flow) else { return }
        for username in phone.usernames {
            connections[username]?.removeAll { $0 == flow }
            if connections[username]?.isEmpty == true { connections[username] = nil }
        }
        for username in phone.usernames { takeCalls(of: username, from: flow, &turn) }
        for binding in bindings.on(flow) { bindings.remove(binding.id) }
        for id in subscriptions.on(flow) { forgetSubscription(id) }
        forgetServers(on: flow)
        failClients(on: flow, &turn)
        forgetFarewells(on: flow)
        let calls = Set(phone.usernames.flatMap { callsOf[$0, default: []] })
        for serial in calls.sorted() { lost(flow, of: serial, &turn) }
        tellWatchers(&turn)
    }
}
