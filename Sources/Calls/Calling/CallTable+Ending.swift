// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import Primitives
import SIP

/// How calls end: refused, cancelled, hung up, given up.
extension CallTable {
    /// Ends a call that was not answered. The caller hears the reason when it is on disk.
    mutating func refuse(_ serial: UInt64, _ refused: Refused, _ desk: inout Desk) {
        if case .refusing? = self[serial]?.phase { return }
        guard !takeMessage(serial, refused, &desk) else { return }
        // What was heard before the answer is heard no longer, whenever the caller is told.
        closeRelay(serial, &desk)
        guard var call = self[serial] else { return }
        for username in call.usernames where username != call.caller.username { leave(serial, username) }
        for trunk in call.openTrunks { leave(serial, trunk) }
        stopRinging(call, &desk)
        noteRung(call, refused.outcome, &desk)
        if !routes.isEmpty { routes[serial] = nil }
        let ticket = Ticket(serial: nextSerial())
        call.record.endedAt = call.time(at: desk.now)
        call.record.answeredAt = nil
        call.record.outcome = refused.outcome
        call.record.status = refused.status
        call.record.control = refused.control
        call.record.reason = refused.reason
        let refusing = Call.Refusing(
            refused: refused,
            ticket: ticket,
            giveUp: desk.now.monotonic + Limits.storing,
            toldFrom: desk.now.monotonic + pause(before: refused, of: call, &desk)
        )
        call.phase = .refusing(refusing)
        self[serial] = call
        tickets[ticket] = serial
        desk.turn.actions.append(.remember(call.record, ticket))
        schedule(serial, at: refusing.giveUp)
    }

    /// How long who calls from outside is not told that nobody was rung: as long as a phone takes to say no. So nobody tells by a
    /// clock that somebody does not want to be disturbed. Who is blocked hears at once what a number hears that calls nobody.
    private func pause(before refused: Refused, of call: Call, _ desk: inout Desk) -> Duration {
        guard call.caller.trunk != nil, refused.outcome != .cancelled, case .ringing(let ringing) = call.phase,
            ringing.branches.isEmpty, call.grounds != nil, refused.status != 404
        else { return .zero }
        let (least, most) = Limits.outsideRefusal
        return least + .nanoseconds(Int64(desk.entropy.next() % UInt64((most - least) / .nanoseconds(1))))
    }

    /// Tells the caller of a refusal that is on disk, when its time has come.
    mutating func tell(_ refusing: Call.Refusing, _ call: Call, _ desk: inout Desk) {
        guard refusing.toldFrom > desk.now.monotonic else { return sendRefusal(call, refusing, &desk) }
        var refusing = refusing
        refusing.isStored = true
        self[call.serial]?.phase = .refusing(refusing)
        schedule(call.serial, at: refusing.toldFrom)
    }

    private mutating func stopRinging(_ call: Call, _ desk: inout Desk) {
        guard case .ringing(let ringing) = call.phase else { return }
        for branch in ringing.branches where branch.status == nil { desk.cancel(branch.key) }
    }

    private mutating func sendRefusal(_ call: Call, _ refusing: Call.Refusing, _ desk: inout Desk) {
        switch call.origin {
        case .asked(let incoming):
            let refused = refusing.refused
            let bytes = Desk.response(refused.status, to: incoming.request, on: incoming.flow, tag: incoming.tag) {
                desk.explain(refused, into: &$0)
            }
            desk.answer(incoming.transaction, refused.status, bytes)
            forget(call.serial, &desk)
        case .transfer(let standing):
            forget(call.serial, &desk)
            // Whoever waits may be on the way to somebody else by now.
            guard transfers[standing.call]?.ringing == call.serial else { return }
            guard !returnToMenu(standing.call, call, refusing.refused, &desk) else { return }
            transferFailed(standing.call, refusing.refused.status, &desk)
        case .clicked(let click):
            let reason = Reason(.sip, cause: refusing.refused.status)
            if let leg = click.leg { hangUp(leg, of: call.serial, because: reason, &desk) }
            forget(call.serial, &desk)
        }
    }

    /// A CANCEL (§9.2). It cannot be challenged; that it came on the flow of its INVITE is its proof.
    mutating func cancel(_ request: Message, on flow: Flow, _ desk: inout Desk) {
        guard let (id, serial) = desk.transactions.invite(cancelledBy: request, on: flow) else {
            desk.respond(481, to: request, on: flow)
            return
        }
        desk.respond(200, to: request, on: flow, tag: self[serial]?.incoming?.tag)
        guard let call = self[serial], call.incoming?.transaction == id else { return }
        end(call.serial, as: .cancelled, &desk)
    }

    /// Ends a call that the caller was not told an answer of.
    mutating func end(_ serial: UInt64, as refused: Refused, _ desk: inout Desk) {
        guard let call = self[serial] else { return }
        switch call.phase {
        case .ringing: refuse(serial, refused, &desk)
        case .answering(let answering):
            tickets[answering.ticket] = nil
            hangUp(answering.callee, of: serial, &desk)
            refuse(serial, refused, &desk)
        case .refusing, .talking: break
        }
    }

    /// One side of a standing call hung up.
    mutating func bye(_ request: Message, _ owner: DialogOwner, on flow: Flow, _ desk: inout Desk) {
        desk.respond(200, to: request, on: flow)
        guard !leaveTransfer(owner, &desk), !leaveClick(owner, &desk), let call = self[owner.call] else { return }
        let reason = owner.side == .caller ? "the caller hung up" : "the called phone hung up"
        switch call.phase {
        case .talking(let conversation):
            hangUp(conversation[owner.side.other], of: call.serial, because: request.reason(), &desk)
            close(call.serial, reason: reason, &desk)
        case .answering(let answering):
            tickets[answering.ticket] = nil
            settle(answering.callee, &desk)
            forgetDialog(of: answering.callee)
            refuse(call.serial, .noAnswer, &desk)
        case .ringing, .refusing: break
        }
    }

    /// Ends a call from our side, whatever it is doing.
    mutating func end(_ serial: UInt64, because reason: String, _ desk: inout Desk) {
        guard let call = self[serial] else { return }
        switch call.phase {
        case .ringing, .answering:
            end(serial, as: Refused(status: 480, outcome: .failed, reason: reason), &desk)
        case .refusing: break
        case .talking(let conversation):
            hangUp(conversation.caller, of: serial, &desk)
            hangUp(conversation.callee, of: serial, &desk)
            close(serial, reason: reason, &desk)
        }
    }

    /// Ends a call for an operator.
    ///
    /// - Parameter id: The id of its record.
    /// - Returns: Whether there was such a call that is none for help.
    mutating func endCall(_ id: String, _ desk: inout Desk) -> Bool {
        guard let call = values.first(where: { $0.record.id == id }), !call.isForHelp else { return false }
        end(call.serial, because: "an operator ended it", &desk)
        return true
    }

    /// Ends all calls, because the server stops.
    mutating func endCalls(_ desk: inout Desk) {
        for serial in keys.sorted() {
            end(serial, because: "the server was stopped", &desk)
        }
    }

    /// Completes the record of an answered call, closes its media and lets it go.
    private mutating func close(_ serial: UInt64, reason: String, _ desk: inout Desk) {
        guard case .talking(let conversation)? = self[serial]?.phase else { return }
        settle(conversation.caller, &desk)
        settle(conversation.callee, &desk)
        guard let call = self[serial] else { return }
        noteTalk(conversation.caller, &desk)
        noteTalk(conversation.callee, &desk)
        abandonTransfer(serial, &desk)
        if let change = conversation.change { reply(487, to: change.asked, &desk) }
        var record = call.record
        record.endedAt = call.time(at: desk.now)
        record.reason = reason
        if conversation.caller.media == nil || conversation.callee.media == nil {
            // Nobody heard anybody: a phone answered and never said how it protects its audio.
            (record.answeredAt, record.outcome) = (nil, .failed)
            record.reason = "\(reason); its audio was never agreed on"
        }
        desk.turn.actions.append(.remember(record, nil))
        forget(serial, &desk)
    }

    mutating func forget(_ serial: UInt64, _ desk: inout Desk) {
        guard let call = removeValue(forKey: serial) else { return }
        if !call.record.charges.isEmpty { keepOwing(call) }
        if !confirmations.isEmpty { confirmations[serial] = nil }
        if !voices.isEmpty { forgetVoice(call, &desk) }
        if !musics.isEmpty { endMusic(of: call, &desk) }
        if !parked.isEmpty { unpark(serial) }
        if !routes.isEmpty { routes[serial] = nil }
        for username in call.usernames { leave(serial, username) }
        for trunk in call.openTrunks { leave(serial, trunk) }
        if call.relayed != nil { desk.turn.actions.append(.media(.close(call.relay))) }
        closeEarly(serial, keepingRelay: false, &desk)
        switch call.phase {
        case .ringing: break
        case .answering(let answering):
            tickets[answering.ticket] = nil
            forgetDialog(of: answering.callee)
        case .refusing(let refusing): tickets[refusing.ticket] = nil
        case .talking(let conversation):
            forgetDialog(of: conversation.caller)
            forgetDialog(of: conversation.callee)
        }
    }

    private mutating func forgetDialog(of endpoint: Endpoint) {
        if let leg = endpoint.leg { dialogs[DialogKey(leg.dialog)] = nil }
    }

    /// Says BYE where there is somebody to say it to.
    mutating func hangUp(_ endpoint: Endpoint, of serial: UInt64, because reason: Reason? = nil, _ desk: inout Desk) {
        if let leg = endpoint.leg { hangUp(leg, of: serial, because: reason, &desk) }
    }

    /// Says BYE on one leg and forgets its dialog.
    ///
    /// - Parameter reason: What the other side gave as its own (RFC 3326).
    mutating func hangUp(_ leg: Leg, of serial: UInt64, because reason: Reason? = nil, _ desk: inout Desk) {
        settle(leg.permit, answeredAt: leg.since, &desk)
        dialogs[DialogKey(leg.dialog)] = nil
        guard let flow = leg.flow else { return }
        if let waiting = leg.unacknowledged, waiting.giveUp > desk.now.monotonic {
            sayBye(after: waiting, in: leg.dialog, over: flow, because: reason)
            return
        }
        var dialog = leg.dialog
        sayBye(&dialog, over: flow, because: reason, &desk)
    }

    mutating func sayBye(_ dialog: inout Dialog, over flow: Flow, because reason: Reason? = nil, _ desk: inout Desk) {
        let (key, bytes) = desk.request(.bye, in: &dialog, over: flow, because: reason)
        leaving[DialogKey(dialog)] = .said(flow.id)
        desk.start(key, .bye, bytes, purpose: .goodbye(DialogKey(dialog)), over: flow)
    }

}
