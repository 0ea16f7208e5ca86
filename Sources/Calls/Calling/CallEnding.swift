// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import Primitives
import SIP

/// How calls end: refused, cancelled, hung up, given up.
extension Switchboard {
    /// Ends a call that was not answered. The caller hears the reason when it is on disk.
    mutating func refuse(_ serial: UInt64, _ refused: Refused, _ turn: inout Turn) {
        if case .refusing? = callsBySerial[serial]?.phase { return }
        // What was heard before the answer is heard no longer, whenever the caller is told.
        closeRelay(serial, &turn)
        guard var call = callsBySerial[serial] else { return }
        for username in call.usernames where username != call.caller.username { leave(serial, username) }
        stopRinging(call, &turn)
        let ticket = Ticket(serial: nextSerial())
        call.record.endedAt = call.time(at: turn.now)
        call.record.answeredAt = nil
        call.record.outcome = refused.outcome
        call.record.status = refused.status
        call.record.control = refused.control
        call.record.reason = refused.reason
        let refusing = Call.Refusing(
            refused: refused,
            ticket: ticket,
            giveUp: turn.now.monotonic + Limits.storing
        )
        call.phase = .refusing(refusing)
        callsBySerial[serial] = call
        tickets[ticket] = serial
        turn.actions.append(.remember(call.record, ticket))
        schedule(serial, at: refusing.giveUp)
    }

    private mutating func stopRinging(_ call: Call, _ turn: inout Turn) {
        guard case .ringing(let ringing) = call.phase else { return }
        for branch in ringing.branches where branch.status == nil { cancel(branch.key, &turn) }
    }

    mutating func sendRefusal(_ call: Call, _ refusing: Call.Refusing, _ turn: inout Turn) {
        switch call.origin {
        case .asked(let incoming):
            let refused = refusing.refused
            let bytes = response(refused.status, to: incoming.request, on: incoming.flow, tag: incoming.tag) {
                explain(refused, into: &$0)
            }
            answer(incoming.transaction, refused.status, bytes, &turn)
            forget(call.serial, &turn)
        case .transfer(let standing):
            forget(call.serial, &turn)
            transferFailed(standing.call, refusing.refused.status, &turn)
        }
    }

    /// A CANCEL (§9.2). It cannot be challenged; that it came on the flow of its INVITE is its proof.
    mutating func cancel(_ request: Message, on flow: Flow, _ turn: inout Turn) {
        guard let (id, serial) = transactions.invite(cancelledBy: request, on: flow) else {
            respond(481, to: request, on: flow, &turn)
            return
        }
        respond(200, to: request, on: flow, tag: callsBySerial[serial]?.incoming?.tag, &turn)
        guard let call = callsBySerial[serial], call.incoming?.transaction == id else { return }
        end(call.serial, as: .cancelled, &turn)
    }

    /// Ends a call that the caller was not told an answer of.
    mutating func end(_ serial: UInt64, as refused: Refused, _ turn: inout Turn) {
        guard let call = callsBySerial[serial] else { return }
        switch call.phase {
        case .ringing: refuse(serial, refused, &turn)
        case .answering(let answering):
            tickets[answering.ticket] = nil
            hangUp(answering.callee, of: serial, &turn)
            refuse(serial, refused, &turn)
        case .refusing, .talking: break
        }
    }

    /// One side of a standing call hung up.
    mutating func bye(_ request: Message, _ owner: DialogOwner, on flow: Flow, _ turn: inout Turn) {
        respond(200, to: request, on: flow, &turn)
        guard !leaveTransfer(owner, &turn), let call = callsBySerial[owner.call] else { return }
        let reason = owner.side == .caller ? "the caller hung up" : "the called phone hung up"
        switch call.phase {
        case .talking(let conversation):
            hangUp(conversation[owner.side.other], of: call.serial, because: request.reason(), &turn)
            close(call.serial, reason: reason, &turn)
        case .answering(let answering):
            tickets[answering.ticket] = nil
            forgetDialogs(of: [answering.callee])
            refuse(call.serial, .noAnswer, &turn)
        case .ringing, .refusing: break
        }
    }

    /// Ends a call from our side, whatever it is doing.
    mutating func end(_ serial: UInt64, because reason: String, _ turn: inout Turn) {
        guard let call = callsBySerial[serial] else { return }
        switch call.phase {
        case .ringing, .answering:
            end(serial, as: Refused(status: 480, outcome: .failed, reason: reason), &turn)
        case .refusing: break
        case .talking(let conversation):
            hangUp(conversation.caller, of: serial, &turn)
            hangUp(conversation.callee, of: serial, &turn)
            close(serial, reason: reason, &turn)
        }
    }

    /// Ends a call for an operator.
    ///
    /// - Parameter id: The id of its record.
    /// - Returns: Whether there was such a call.
    public mutating func endCall(_ id: String, _ turn: inout Turn) -> Bool {
        guard let call = callsBySerial.values.first(where: { $0.record.id == id }) else { return false }
        end(call.serial, because: "an operator ended it", &turn)
        endTurn(&turn)
        return true
    }

    /// Ends all calls, because the server stops.
    public mutating func endCalls(_ turn: inout Turn) {
        for serial in callsBySerial.keys.sorted() {
            end(serial, because: "the server was stopped", &turn)
        }
        tellWatchers(&turn)
    }

    /// Completes the record of an answered call, closes its media and lets it go.
    private mutating func close(_ serial: UInt64, reason: String, _ turn: inout Turn) {
        guard let call = callsBySerial[serial], case .talking(let conversation) = call.phase else { return }
        abandonTransfer(serial, &turn)
        if let change = conversation.change { reply(487, to: change.asked, &turn) }
        var record = call.record
        record.endedAt = call.time(at: turn.now)
        record.reason = reason
        if record.protections.contains(where: { $0?.srtpSuite == nil }) {
            // Nobody heard anybody: a phone answered and never said how it protects its audio.
            (record.answeredAt, record.outcome) = (nil, .failed)
            record.reason = "\(reason); its audio was never agreed on"
        }
        turn.actions.append(.remember(record, nil))
        forget(serial, &turn)
    }

    mutating func forget(_ serial: UInt64, _ turn: inout Turn) {
        guard let call = callsBySerial.removeValue(forKey: serial) else { return }
        for username in call.usernames { leave(serial, username) }
        if call.relayed != nil { turn.actions.append(.media(.close(call.relay))) }
        closeEarly(serial, keepingRelay: false, &turn)
        switch call.phase {
        case .ringing: break
        case .answering(let answering):
            tickets[answering.ticket] = nil
            forgetDialogs(of: [answering.callee])
        case .refusing(let refusing): tickets[refusing.ticket] = nil
        case .talking(let conversation):
            forgetDialogs(of: conversation.endpoints)
        }
    }

    mutating func leave(_ serial: UInt64, _ username: String) {
        callsOf[username]?.remove(serial)
        if callsOf[username]?.isEmpty == true { callsOf[username] = nil }
    }

    private mutating func forgetDialogs(of endpoints: [Endpoint]) {
        for leg in endpoints.compactMap(\.leg) { dialogs[DialogKey(leg.dialog)] = nil }
    }

    /// Says BYE where there is somebody to say it to.
    mutating func hangUp(_ endpoint: Endpoint, of serial: UInt64, because reason: Reason? = nil, _ turn: inout Turn) {
        if let leg = endpoint.leg { hangUp(leg, of: serial, because: reason, &turn) }
    }

    /// Says BYE on one leg and forgets its dialog.
    ///
    /// - Parameter reason: What the other side gave as its own (RFC 3326).
    mutating func hangUp(_ leg: Leg, of serial: UInt64, because reason: Reason? = nil, _ turn: inout Turn) {
        dialogs[DialogKey(leg.dialog)] = nil
        guard let flow = leg.flow else { return }
        if let waiting = leg.unacknowledged, waiting.giveUp > turn.now.monotonic {
            sayBye(after: waiting, in: leg.dialog, over: flow, because: reason)
            return
        }
        var dialog = leg.dialog
        sayBye(&dialog, over: flow, because: reason, &turn)
    }

    mutating func sayBye(_ dialog: inout Dialog, over flow: Flow, because reason: Reason? = nil, _ turn: inout Turn) {
        let (key, bytes) = request(.bye, in: &dialog, over: flow, because: reason)
        leaving[DialogKey(dialog)] = .said(flow.id)
        start(key, .bye, bytes, purpose: .goodbye(DialogKey(dialog)), over: flow, &turn)
    }

    /// A request inside a dialog, complete.
    mutating func request(
        _ method: Method,
        in dialog: inout Dialog,
        over flow: Flow,
        because reason: Reason? = nil
    ) -> (BranchKey, [UInt8]) {
        let key = BranchKey(using: entropy)
        var writer = MessageWriter()
        dialog.writeRequest(method, cseq: nil, at: address(of: dialog, over: flow), into: &writer)
        writeVia(key, over: flow, into: &writer)
        if let reason { writer.field(.reason, reason.text) }
        writer.finish()
        return (key, writer.bytes)
    }

    /// The ACK of a 2xx: a request of its own, with a branch of its own (§13.2.2.4).
    mutating func acknowledge(_ dialog: inout Dialog, cseq: UInt32, over flow: Flow, body: [UInt8] = []) -> [UInt8] {
        var writer = MessageWriter()
        dialog.writeRequest(.ack, cseq: cseq, at: address(of: dialog, over: flow), into: &writer)
        writeVia(BranchKey(using: entropy), over: flow, into: &writer)
        if body.isEmpty { writer.finish() } else { writer.finish(contentType: "application/sdp", body: body) }
        return writer.bytes
    }
}
