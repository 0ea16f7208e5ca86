// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// The client side of our requests (RFC 3261 §17.1): how they are sent, repeated, answered and given up.
extension Switchboard {
    /// Our own Via: where responses come back to, which over a connection is that connection.
    func writeVia(_ key: BranchKey, over flow: Flow, into writer: inout MessageWriter) {
        writer.field(.via) { value in
            value.append(flow.transport.viaName)
            value.append(written(firstHost))
            value.append(":")
            value.append(Int(port(on: flow)))
            value.append(";branch=")
            key.write(into: &value)
            value.append(";rport")
        }
    }

    /// The name of ours that every phone knows.
    private var firstHost: String { settings.hostNames.first ?? settings.mediaAddress.description }

    /// A host as it stands before a port: an IPv6 address in brackets (RFC 3261 §25.1 `IPv6reference`).
    private func written(_ host: String) -> String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host }

    /// Where we are reached over the transport of a flow.
    private func port(on flow: Flow) -> UInt16 {
        switch flow.transport {
        case .tls: settings.sipPort
        case .wss, .tcp, .udp: flow.local.port
        }
    }

    /// Where a phone comes back to: the name of ours that it came by, because some look names up without the system's
    /// help, or else the first one in the certificate.
    func writeContact(over flow: Flow, into writer: inout MessageWriter) {
        writer.field(.contact, contact(over: flow))
    }

    func contact(over flow: Flow) -> String {
        let phone = phones[flow.id]
        let host = written(phone?.host ?? firstHost)
        // RFC 5630 §5.1.1: who asks for encryption all the way gets a name that asks for it.
        if phone?.isForSIPS == true { return "<sips:\(host):\(port(on: flow))>" }
        return "<sip:\(host):\(port(on: flow));transport=\(flow.transport.uriName)>"
    }

    mutating func start(
        _ key: BranchKey,
        _ request: Message,
        purpose: InviteClient.Purpose,
        call: UInt64,
        over flow: Flow,
        _ turn: inout Turn
    ) {
        let transaction = InviteClientTransaction(
            request: request.bytes,
            isReliable: flow.transport.isReliable,
            at: turn.now.monotonic
        )
        inviteClients[key] = InviteClient(
            call: call,
            purpose: purpose,
            flow: flow,
            request: request,
            transaction: transaction
        )
        turn.actions.append(.send(request.bytes, flow.id))
        if purpose.dialog != nil { deadlines.insert(.overdue(key), at: turn.now.monotonic + Limits.introduction) }
        performInvite([], key, &turn)
    }

    /// Sends a request other than INVITE.
    mutating func start(
        _ key: BranchKey,
        _ method: Method,
        _ bytes: [UInt8],
        purpose: RequestClient.Purpose,
        over flow: Flow,
        _ turn: inout Turn
    ) {
        let transaction = NonInviteClientTransaction(
            request: bytes,
            isReliable: flow.transport.isReliable,
            at: turn.now.monotonic
        )
        requestClients[key] = RequestClient(purpose: purpose, method: method, flow: flow, transaction: transaction)
        turn.actions.append(.send(bytes, flow.id))
        performRequest([], key, &turn)
    }

    // MARK: INVITE

    mutating func receiveInviteResponse(_ response: Message, _ status: Int, _ key: BranchKey, _ turn: inout Turn) {
        guard var client = inviteClients[key] else { return }
        var steps: [InviteClientTransaction.Action] = []
        let acknowledgement = status >= 300 ? acknowledge(response, of: client, key) : nil
        client.transaction.handle(.response(status: status, ack: acknowledgement), at: turn.now.monotonic, into: &steps)
        client.isProceeding = client.isProceeding || status < 200
        inviteClients[key] = client
        if performInvite(steps, key, &turn) {
            deliver(response, status, of: client, key, &turn)
        }
        if status >= 200 { finish(key) }
    }

    /// An INVITE of ours is answered: what it still waits for, a repeat of the answer, is worth only so much.
    private mutating func finish(_ key: BranchKey) {
        guard let client = inviteClients[key], !client.isFinished else { return }
        inviteClients[key]?.isFinished = true
        let (flow, most) = (client.flow.id, Limits.finishedClients)
        for old in finishedClients.add(key, bytes: client.keptBytes, on: flow, most: most) { inviteClients[old] = nil }
    }

    /// The ACK that belongs to the transaction: for a final response other than 2xx (§17.1.1.3).
    private func acknowledge(_ response: Message, of client: InviteClient, _ key: BranchKey) -> [UInt8] {
        var writer = MessageWriter()
        writer.request(.ack, uri: client.request.bytes(client.request.requestURI))
        writeVia(key, over: client.flow, into: &writer)
        writer.field(.maxForwards, 70)
        writer.copy(.route, from: client.request)
        writer.copy(.from, from: client.request)
        writer.copy(.to, from: response.hasOddTo ? client.request : response)
        writer.copy(.callID, from: client.request)
        let number = (try? client.request.cseq().number) ?? 1
        writer.field(.cseq, "\(number) ACK")
        writer.finish()
        return writer.bytes
    }

    /// Takes an INVITE of ours back, now or as soon as §9.1 allows.
    mutating func cancel(_ key: BranchKey, because reason: StaticString? = nil, _ turn: inout Turn) {
        guard let client = inviteClients[key] else { return }
        inviteClients[key]?.cancelReason = reason
        inviteClients[key]?.isCancelWanted = true
        guard client.isProceeding, !client.isCancelWanted else { return }
        sendCancel(key, &turn)
    }

    mutating func sendCancel(_ key: BranchKey, _ turn: inout Turn) {
        guard let client = inviteClients[key] else { return }
        var writer = MessageWriter()
        writer.request(.cancel, uri: client.request.bytes(client.request.requestURI))
        writeVia(key, over: client.flow, into: &writer)
        writer.field(.maxForwards, 70)
        writer.copy(.route, from: client.request)
        writer.copy(.from, from: client.request)
        writer.copy(.to, from: client.request)
        writer.copy(.callID, from: client.request)
        let number = (try? client.request.cseq().number) ?? 1
        writer.field(.cseq, "\(number) CANCEL")
        if let reason = client.cancelReason { writer.field(.reason) { $0.append(reason) } }
        writer.finish()
        start(key, .cancel, writer.bytes, purpose: .farewell, over: client.flow, &turn)
        deadlines.insert(.cancelled(key), at: turn.now.monotonic + .seconds(32))
    }

    /// A connection is gone, and with it every answer that was to come over it.
    ///
    /// - Parameter dialog: The only one whose phone left it; `nil` for all.
    mutating func failClients(on flow: FlowID, of dialog: DialogKey? = nil, _ turn: inout Turn) {
        for (key, client) in inviteClients
        where client.flow.id == flow && (dialog == nil || client.purpose.dialog == dialog) {
            inviteClients[key] = nil
            finishedClients.remove(key, on: flow)
            switch client.purpose {
            case .branch(let index): branchFailed(408, index, of: client.call, &turn)
            case .change: changeFailed(480, key, of: client.call, &turn)
            case .introduction(let dialog): updateLeg(of: dialog) { $0.isAsked = false }
            case .refresh(let dialog):
                updateLeg(of: dialog) { $0.isAsked = false }
                refreshLater(dialog, at: turn.now)
            }
        }
        for (key, client) in requestClients
        where client.flow.id == flow && (dialog == nil || client.purpose.dialog == dialog) {
            requestClients[key] = nil
            if case .refresh(let dialog) = client.purpose { refreshLater(dialog, at: turn.now) }
        }
    }

    /// - Returns: Whether the response that was handed in is to be delivered.
    @discardableResult
    private mutating func performInvite(
        _ steps: [InviteClientTransaction.Action],
        _ key: BranchKey,
        _ turn: inout Turn
    ) -> Bool {
        guard let client = inviteClients[key] else { return false }
        var isDelivered = false
        for step in steps {
            switch step {
            case .send(let bytes): turn.actions.append(.send(bytes, client.flow.id))
            case .deliver: isDelivered = true
            case .timedOut: timedOut(client, key, &turn)
            case .end:
                inviteClients[key] = nil
                finishedClients.remove(key, on: client.flow.id)
            }
        }
        if let deadline = inviteClients[key]?.transaction.deadline {
            deadlines.insert(.inviteClient(key), at: deadline)
        }
        return isDelivered
    }

    mutating func wakeInviteClient(_ key: BranchKey, _ turn: inout Turn) {
        guard var client = inviteClients[key], let deadline = client.transaction.deadline,
            deadline <= turn.now.monotonic
        else { return }
        var steps: [InviteClientTransaction.Action] = []
        client.transaction.handle(.clock, at: turn.now.monotonic, into: &steps)
        inviteClients[key] = client
        performInvite(steps, key, &turn)
    }

    // MARK: Other requests

    mutating func receiveRequestResponse(_ response: Message, _ status: Int, _ key: BranchKey, _ turn: inout Turn) {
        guard var client = requestClients[key] else { return }
        var steps: [NonInviteClientTransaction.Action] = []
        client.transaction.handle(.response(status: status), at: turn.now.monotonic, into: &steps)
        requestClients[key] = client
        performRequest(steps, key, for: response, &turn)
    }

    private mutating func performRequest(
        _ steps: [NonInviteClientTransaction.Action],
        _ key: BranchKey,
        for response: Message? = nil,
        _ turn: inout Turn
    ) {
        guard let client = requestClients[key] else { return }
        for step in steps {
            switch step {
            case .send(let bytes): turn.actions.append(.send(bytes, client.flow.id))
            case .deliver:
                if let response, response.status ?? 0 >= 200 { concluded(client, response, &turn) }
            case .timedOut: concluded(client, nil, &turn)
            case .end: requestClients[key] = nil
            }
        }
        if let deadline = requestClients[key]?.transaction.deadline {
            deadlines.insert(.requestClient(key), at: deadline)
        }
    }

    /// Hands the outcome of a request of ours to whoever sent it.
    ///
    /// - Parameter response: The final one; `nil` when none came.
    private mutating func concluded(_ client: RequestClient, _ response: Message?, _ turn: inout Turn) {
        switch client.purpose {
        case .farewell: break
        case .acknowledgement(let call, let branch): earlyCalls[call]?.phones[branch]?.pracks -= 1
        case .goodbye(let key): leaving[key] = nil
        case .probe(let dialog): probed(dialog, response?.status, &turn)
        case .refresh(let dialog): refreshed(dialog, response, &turn)
        case .notification(let id): notified(id, status: response?.status, &turn)
        }
    }

    mutating func wakeRequestClient(_ key: BranchKey, _ turn: inout Turn) {
        guard var client = requestClients[key], let deadline = client.transaction.deadline,
            deadline <= turn.now.monotonic
        else { return }
        var steps: [NonInviteClientTransaction.Action] = []
        client.transaction.handle(.clock, at: turn.now.monotonic, into: &steps)
        requestClients[key] = client
        performRequest(steps, key, &turn)
    }
}
